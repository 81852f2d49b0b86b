import { join, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../..');
const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root);

const file = join(root, 'test/types/a-user.ts');
const parsed = new Map<string, ts.SourceFile | undefined>();

export interface Checked {
  /** What the compiler says, one text a mistake. */
  readonly errors: readonly string[];
  /** How many types it had to make. */
  readonly instantiations: number;
}

/** Checks a program text as a user's file that stands in this repository. */
export function check(text: string): Checked {
  const program = programOf(text, { ...options, noUnusedLocals: false });
  const own = program.getSourceFile(file)!;
  const found = [...program.getSyntacticDiagnostics(own), ...program.getSemanticDiagnostics(own)];
  return {
    errors: found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    instantiations: program.getInstantiationCount(),
  };
}

/** What the compiler writes into the `.d.ts` of a user's library. */
export function declarationsOf(text: string): string {
  const emit = { declaration: true, emitDeclarationOnly: true, noEmit: false, rootDir: root, outDir: join(root, 'dist') };
  const program = programOf(text, { ...options, ...emit });
  let declarations = '';
  program.emit(program.getSourceFile(file), (_name, written) => {
    declarations += written;
  });
  return declarations;
}

function programOf(text: string, compilerOptions: ts.CompilerOptions): ts.Program {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, version) => {
    if (name === file) return ts.createSourceFile(name, text, version);
    if (!parsed.has(name)) parsed.set(name, getSourceFile.call(host, name, version));
    return parsed.get(name);
  };
  return ts.createProgram([file], compilerOptions, host);
}

/** The imports a contract's author writes. */
export const IMPORTS = `import {
  array, bigint, boolean, condition, contract, date, decimal, double, int, json, map, oneOf, references, struct, text, timestamp, unique,
  type FlaggedName, type NameOfKind, type NewRow, type Row,
} from 'cdk-medallion/contract';
`;
