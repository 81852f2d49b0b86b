import { readFileSync } from 'node:fs';
import { LakeError } from '../../contract/lake-error.js';
import type { Inventory, RunResource } from '../assembly/inventory.js';

/** A state as parsed: checked by `machineProblems` before anything relies on it. */
export interface MachineState {
  readonly Type?: unknown;
  readonly [field: string]: unknown;
}

export interface MachineDefinition {
  readonly StartAt?: unknown;
  readonly States?: Readonly<Record<string, MachineState>>;
  readonly [field: string]: unknown;
}

/** The definition of a state machine as the service would get it: from its text, object or asset, substitutions put in. */
export function readDefinition(inventory: Inventory, resource: RunResource): MachineDefinition {
  const {
    Definition: object,
    DefinitionString: string,
    DefinitionS3Location: location,
    DefinitionSubstitutions: substitutions = {},
  } = resource.properties as {
    Definition?: object;
    DefinitionString?: string;
    DefinitionS3Location?: { Key?: string };
    DefinitionSubstitutions?: Record<string, unknown>;
  };
  const text = string ?? (object === undefined ? assetText(inventory, location?.Key) : JSON.stringify(object));
  if (text === undefined)
    throw new LakeError('local/definition', 'the state machine has no definition in the assembly', { path: resource.path });
  const filled = text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (whole, name: string) => {
    if (!(name in substitutions))
      throw new LakeError('local/definition', `nothing is given for '${whole}' of the definition`, { path: resource.path });
    // It stands inside a JSON text.
    return JSON.stringify(String(substitutions[name])).slice(1, -1);
  });
  return parse(filled, resource);
}

function assetText(inventory: Inventory, key: string | undefined): string | undefined {
  const path = key === undefined ? undefined : inventory.assetPath(key);
  return path === undefined ? undefined : readFileSync(path, 'utf8');
}

function parse(text: string, resource: RunResource): MachineDefinition {
  try {
    return JSON.parse(text) as MachineDefinition;
  } catch {
    throw new LakeError('local/definition', 'the definition of the state machine is no JSON', { path: resource.path });
  }
}
