import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../..');
const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root);

const parsed = new Map<string, ts.SourceFile | undefined>();

export interface Checked {
  /** What the compiler says, one text a mistake. */
  readonly errors: readonly string[];
  /** How many types it had to make. */
  readonly instantiations: number;
}

/** Checks a program text as a user's file that stands in this repository. */
export function check(text: string): Checked {
  const file = join(dirname(import.meta.filename), 'a-user.ts');
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, version) => {
    if (name === file) return ts.createSourceFile(name, text, version);
    if (!parsed.has(name)) parsed.set(name, getSourceFile.call(host, name, version));
    return parsed.get(name);
  };
  const program = ts.createProgram([file], { ...options, noUnusedLocals: false }, host);
  const own = program.getSourceFile(file)!;
  const found = [...program.getSyntacticDiagnostics(own), ...program.getSemanticDiagnostics(own)];
  return {
    errors: found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    instantiations: program.getInstantiationCount(),
  };
}

/** The imports a contract's author writes. */
export const IMPORTS = `import {
  array, bigint, boolean, condition, contract, date, decimal, double, int, json, map, oneOf, references, struct, text, timestamp, unique,
  type FlaggedName, type NameOfKind, type NewRow, type Row,
} from 'cdk-medallion/contract';
`;
