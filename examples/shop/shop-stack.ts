import { fileURLToPath } from 'node:url';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import { DataLake, type Environment, Pipeline, SchemaLock } from 'cdk-medallion';
import type { Construct } from 'constructs';
import { Gold } from './gold.js';
import { Silver } from './silver.js';
import { Sources } from './sources.js';

export interface ShopProps extends StackProps {
  readonly environment: Environment;
}

/** One file for all environments: their tables have the same columns. */
const SCHEMA_LOCK = fileURLToPath(new URL('schema-lock.json', import.meta.url));

/** The shop's lake: what comes in, what is kept, and what is read. */
export class ShopStack extends Stack {
  constructor(scope: Construct, id: string, { environment, ...props }: ShopProps) {
    super(scope, id, props);
    const lake = new DataLake(this, 'Lake', { name: 'shop', environment, schemaLock: SchemaLock.file(SCHEMA_LOCK) });
    const pipeline = new Pipeline(this, 'Shop', { lake });
    const sources = new Sources(pipeline, 'Sources');
    const silver = new Silver(pipeline, 'Silver', sources);
    new Gold(pipeline, 'Gold', silver);
  }
}
