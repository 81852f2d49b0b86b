import { CfnPrincipalPermissions } from 'aws-cdk-lib/aws-lakeformation';
import { Aws, type CfnResource } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ILake } from '../model/step.js';
import type { TableUse } from '../model/table-use.js';

/**
 * What Lake Formation must allow beside IAM. A grant's verbs follow from the use alone and never change: CloudFormation knows a grant by
 * principal and resource, so that one with other verbs could neither be made beside the old one nor survive its removal.
 */
const VERBS = {
  reads: ['DESCRIBE', 'SELECT'],
  makes: ['ALTER', 'DELETE', 'DESCRIBE', 'INSERT', 'SELECT'],
} as const;

export interface TableGrantsProps {
  readonly lake: ILake;
  /** The role that Athena asks Lake Formation for. */
  readonly principalArn: string;
  readonly uses: readonly TableUse[];
}

/**
 * Lake Formation grants of one role: each table by its name (rights by tag expression shrink silently when one column is tagged), each
 * table's database, and making candidates in the operations database. Who makes a candidate may do all with it.
 */
export class TableGrants extends Construct {
  /** The last of the chain: what waits for it waits for all. Absent where IAM alone decides. */
  readonly last?: CfnResource;

  constructor(scope: Construct, id: string, { lake, principalArn, uses }: TableGrantsProps) {
    super(scope, id);
    if (lake.permissions === 'iam' || uses.length === 0) return;
    const operations = lake.zones.operations.database!;
    const databases = new Set([operations, ...uses.map(({ table }) => table.database)]);
    for (const name of [...databases].sort()) {
      const permissions = name === operations ? ['CREATE_TABLE', 'DESCRIBE'] : ['DESCRIBE'];
      this.last = this.grant(name, principalArn, { database: { catalogId: Aws.ACCOUNT_ID, name } }, permissions);
      waitFor(this.last, databaseResource(lake, name));
    }
    for (const { table, use } of strongest(uses)) {
      const { database, tableName } = table;
      const resource = { table: { catalogId: Aws.ACCOUNT_ID, databaseName: database, name: tableName } };
      this.last = this.grant(`${database}.${tableName}`, principalArn, resource, VERBS[use]);
      waitFor(this.last, lake.tableResource(table));
    }
  }

  /** One after the other: grants of one principal that are made at once were seen to fail with AlreadyExists. */
  private grant(
    id: string,
    principalArn: string,
    resource: CfnPrincipalPermissions.ResourceProperty,
    permissions: readonly string[],
  ): CfnPrincipalPermissions {
    const grant = new CfnPrincipalPermissions(this, id, {
      principal: { dataLakePrincipalIdentifier: principalArn },
      resource,
      permissions: [...permissions],
      permissionsWithGrantOption: [],
    });
    waitFor(grant, this.last);
    return grant;
  }
}

/** Each table once, by name: who makes a table may read it too. */
function strongest(uses: readonly TableUse[]): readonly TableUse[] {
  const byName = new Map<string, TableUse>();
  for (const use of uses) {
    const name = `${use.table.database}.${use.table.tableName}`;
    if (use.use === 'makes' || !byName.has(name)) byName.set(name, use);
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, use]) => use);
}

/** Names of databases and tables are literals, so that CloudFormation sees no order in them. */
function waitFor(grant: CfnResource, other: CfnResource | undefined): void {
  if (other !== undefined) grant.addResourceDependency(other);
}

function databaseResource(lake: ILake, name: string): CfnResource | undefined {
  return Object.values(lake.zones).find(({ database }) => database === name)?.databaseResource;
}
