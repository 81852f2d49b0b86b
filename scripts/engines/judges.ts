import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AssemblyStack, Template } from '../../lib/local/assembly/assembly.js';
import { TemplateResolver } from '../../lib/local/assembly/template-resolver.js';
import { folderOf } from './cache.js';
import { attempt } from './command.js';
import { runFolder } from './server.js';

// The package has no types.
const validateMachine = createRequire(import.meta.url)('asl-validator') as (definition: object) => {
  readonly errors: readonly { readonly 'Error code': string; readonly Message: string }[];
};

/** One objection of a judge: where, which rule, what. */
export interface Finding {
  readonly where: string;
  readonly rule: string;
  readonly message: string;
}

interface LintFinding {
  readonly Location: { readonly Path?: readonly (string | number)[] | null };
  readonly Rule: { readonly Id: string };
  readonly Message: string;
}

/**
 * cfn-lint: a template against the published schemas of its resources. Warnings count; informational findings are of style.
 * State machines' definitions are left to asl-validator: cfn-lint refuses `Parameters` of a Parallel state, which the language has,
 * and then breaks off, so that the rest of the machine's resource would go unjudged.
 */
export async function lintTemplate(file: string): Promise<Finding[]> {
  const copy = join(runFolder('lint'), 'template.json');
  writeFileSync(copy, JSON.stringify(withoutDefinitions(JSON.parse(readFileSync(file, 'utf8')) as Template)));
  const command = join(folderOf('cfn-lint'), 'bin/cfn-lint');
  const result = await attempt(command, ['--format', 'json', '--regions', 'us-east-1', '--', copy]);
  if (result.stdout.trim() === '') throw new Error(`cfn-lint gave no answer (exit code ${result.code}):\n${result.stderr}`);
  return (JSON.parse(result.stdout) as LintFinding[]).map(({ Location, Rule, Message }) => ({
    where: (Location.Path ?? []).join('/'),
    rule: Rule.Id,
    message: Message,
  }));
}

function withoutDefinitions(template: Template): Template {
  const resources = Object.entries(template.Resources ?? {}).map(([id, resource]) => {
    if (resource.Type !== 'AWS::StepFunctions::StateMachine') return [id, resource] as const;
    const { DefinitionSubstitutions: _, ...properties } = resource.Properties ?? {};
    const definition = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };
    return [id, { ...resource, Properties: { ...properties, DefinitionString: JSON.stringify(definition) } }] as const;
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}

/** The definition of each state machine of an assembly's stacks, by its logical id, as Step Functions would get it. */
export function machineDefinitions(stacks: readonly AssemblyStack[]): ReadonlyMap<string, object> {
  const resolver = new TemplateResolver(stacks);
  return new Map(
    stacks.flatMap((stack) =>
      Object.entries(stack.template.Resources ?? {})
        .filter(([, { Type }]) => Type === 'AWS::StepFunctions::StateMachine')
        .map(([id, { Properties }]) => [id, definitionOf(resolver.resolve(stack, Properties) as MachineProperties)] as const),
    ),
  );
}

interface MachineProperties {
  readonly DefinitionString: string;
  readonly DefinitionSubstitutions?: Readonly<Record<string, string>>;
}

function definitionOf({ DefinitionString, DefinitionSubstitutions = {} }: MachineProperties): object {
  const filled = Object.entries(DefinitionSubstitutions).reduce(
    (text, [name, value]) => text.replaceAll(`\${${name}}`, value),
    DefinitionString,
  );
  return JSON.parse(filled) as object;
}

/** asl-validator: a definition against the language's schema, its transitions and its paths. */
export function judgeMachine(where: string, definition: object): Finding[] {
  const { errors } = validateMachine(definition);
  return errors.map((error) => ({ where, rule: error['Error code'], message: error.Message }));
}
