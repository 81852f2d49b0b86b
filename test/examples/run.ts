import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type JsonValue, LocalLake, type LocalLakeOptions } from '../../lib/local/index.js';

/** Synthesizes an app of its own for a test and gives its folder. */
export function synthesize(build: (app: Construct) => void): string {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'medallion-assembly-')) });
  build(app);
  return app.synth().directory;
}

/** An empty lake of its own on a synthesized app. */
export function openLake(assembly: string, options: Partial<LocalLakeOptions> = {}): Promise<LocalLake> {
  return LocalLake.open({ assembly, folder: mkdtempSync(join(tmpdir(), 'medallion-lake-')), ...options });
}

/** A query's rows as objects; every value as text, so that exact numbers stay exact. */
export async function rowsOf(lake: LocalLake, sql: string): Promise<Record<string, string | null>[]> {
  const { columns, rows } = await lake.query(sql);
  const text = (value: JsonValue) => (value === null ? null : String(value));
  return rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i]!.name, text(value)])));
}
