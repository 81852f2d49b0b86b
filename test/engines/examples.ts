import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib/core';
import { App } from 'aws-cdk-lib/core';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { FlightsStack } from '../../examples/flights/flights-stack.js';
import { ShopStack } from '../../examples/shop/shop-stack.js';
import { runFolder } from '../../scripts/engines/server.js';

/** Every example, in every environment that it declares: judges see what a user would deploy. */
export const EXAMPLES: Readonly<Record<string, (app: App) => Stack>> = {
  'shop in dev': (app) => new ShopStack(app, 'Shop', { environment: { name: 'dev', disposable: true } }),
  'shop in prod': (app) => new ShopStack(app, 'Shop', { environment: { name: 'prod' } }),
  flights: (app) => new FlightsStack(app, 'Flights', { environment: { name: 'dev' } }),
};

const assemblies = new Map<string, CloudAssembly>();

export function assemblyOf(example: string): CloudAssembly {
  const made = assemblies.get(example) ?? synthesize(EXAMPLES[example]!);
  assemblies.set(example, made);
  return made;
}

export function synthesize(declare: (app: App) => unknown): CloudAssembly {
  const app = new App({ outdir: join(runFolder('assembly'), 'cdk.out') });
  declare(app);
  return app.synth();
}
