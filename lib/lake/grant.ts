import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Statement } from './statement.js';

/** Gives a statement to somebody outside the library, as CDK's own `grantX` methods do. */
export function grantOn(grantee: IGrantable, { actions, resources, conditions }: Statement): Grant {
  return Grant.addToPrincipal({
    grantee,
    actions: [...actions],
    resourceArns: [...resources],
    ...(conditions === undefined ? {} : { conditions: conditions as Record<string, Record<string, unknown>> }),
  });
}
