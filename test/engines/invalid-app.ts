import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { App, Stack, Stage } from 'aws-cdk-lib/core';

/** Athena takes no cutoff below 10,000,000 bytes: a seed for the test that CDK's rules are on, inside a stage as in bin/lake.ts. */
const stack = new Stack(new Stage(new App(), 'Dev'), 'Invalid');
new CfnWorkGroup(stack, 'WorkGroup', { name: 'invalid', workGroupConfiguration: { bytesScannedCutoffPerQuery: 5 } });
