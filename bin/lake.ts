import { App, Stage, type StageProps } from 'aws-cdk-lib/core';
import type { Environment } from 'cdk-medallion';
import type { Construct } from 'constructs';
import { ShopStack } from '../examples/shop/shop-stack.js';

/** What differs between the environments, and nothing else does. */
const environments = {
  Dev: { name: 'dev', disposable: true },
  Prod: { name: 'prod' },
} as const satisfies Record<string, Environment>;

class LakeStage extends Stage {
  constructor(scope: Construct, id: string, { environment, ...props }: StageProps & { readonly environment: Environment }) {
    super(scope, id, props);
    new ShopStack(this, 'Shop', { environment });
  }
}

const app = new App();
for (const [id, environment] of Object.entries(environments)) new LakeStage(app, id, { environment });
