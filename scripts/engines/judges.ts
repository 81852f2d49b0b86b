import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { folderOf } from './cache.js';
import { attempt } from './command.js';

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

/** cfn-lint: a template against the published schemas of its resources. Warnings and informational findings count. */
export async function lintTemplate(file: string): Promise<Finding[]> {
  const python = join(folderOf('cfn-lint'), 'bin/cfn-lint');
  const result = await attempt(python, ['--format', 'json', '--regions', 'us-east-1', '--include-checks', 'I', '--', file]);
  if (result.stdout.trim() === '') throw new Error(`cfn-lint gave no answer (exit code ${result.code}):\n${result.stderr}`);
  return (JSON.parse(result.stdout) as LintFinding[]).map(({ Location, Rule, Message }) => ({
    where: (Location.Path ?? []).join('/'),
    rule: Rule.Id,
    message: Message,
  }));
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>>;
}

export function readTemplate(file: string): Template {
  return JSON.parse(readFileSync(file, 'utf8')) as Template;
}

/** Files of all templates of an assembly, nested ones of stages included. */
export function templateFiles(assembly: CloudAssembly): string[] {
  return assembly.stacksRecursively.map((stack) => stack.templateFullPath);
}

/** The definition of each state machine of a template, as Step Functions would get it, with substitutions filled by stand-ins. */
export function machineDefinitions(template: Template): ReadonlyMap<string, object> {
  const machines = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::StepFunctions::StateMachine');
  return new Map(machines.map(([id, { Properties }]) => [id, definitionOf(Properties)] as const));
}

function definitionOf(properties: Readonly<Record<string, unknown>>): object {
  const text = properties['DefinitionString'] ?? JSON.stringify(properties['Definition']);
  // A join of literal text and references.
  const joined =
    typeof text === 'string'
      ? text
      : (text as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : STAND_IN)).join('');
  const substitutions = Object.keys((properties['DefinitionSubstitutions'] ?? {}) as object);
  return JSON.parse(substitutions.reduce((filled, name) => filled.replaceAll(`\${${name}}`, STAND_IN), joined)) as object;
}

const STAND_IN = 'arn:aws:lambda:us-east-1:000000000000:function:stand-in';

/** asl-validator: a definition against the language's schema, its transitions and its paths. */
export function judgeMachine(where: string, definition: object): Finding[] {
  const { errors } = validateMachine(definition);
  return errors.map((error) => ({ where, rule: error['Error code'], message: error.Message }));
}
