import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Stack } from 'aws-cdk-lib/core';
import type { ILake, LakePermissions } from '../model/step.js';

/** The group that lets every IAM principal through Lake Formation. */
const IAM_PRINCIPALS = 'IAM_ALLOWED_PRINCIPALS';

/**
 * What a database gives its new tables by default. Never left out: then the account's setting would decide, which as AWS gives it opens
 * every table to all IAM principals, and column grants would do nothing.
 */
export function tableDefaults(permissions: LakePermissions): CfnDatabase.PrincipalPrivilegesProperty[] {
  return permissions === 'lakeFormation' ? [] : [{ principal: { dataLakePrincipalIdentifier: IAM_PRINCIPALS }, permissions: ['ALL'] }];
}

/** Databases of the lake, wherever in the app they are made, that are governed otherwise than the lake says. */
export function databaseProblems(lake: ILake): string[] {
  const names = new Set(Object.values(lake.zones).flatMap(({ database }) => database ?? []));
  return lake.node.root.node.findAll().flatMap((node) => {
    if (!(node instanceof CfnDatabase)) return [];
    const { name, createTableDefaultPermissions: defaults } = Stack.of(node).resolve(
      node.databaseInput,
    ) as CfnDatabase.DatabaseInputProperty;
    if (name === undefined || !names.has(name)) return [];
    const found = !Array.isArray(defaults) ? 'the default of the account' : defaults.length === 0 ? 'lakeFormation' : 'iam';
    if (found === lake.permissions) return [];
    const remedy =
      lake.permissions === 'lakeFormation'
        ? `give it createTableDefaultPermissions: [], or the lake permissions: 'iam'`
        : `give it ALL for ${IAM_PRINCIPALS}, or the lake permissions: 'lakeFormation'`;
    return [`database '${name}' at ${node.node.path} is not governed as its lake is: wanted ${lake.permissions}, got ${found}; ${remedy}`];
  });
}
