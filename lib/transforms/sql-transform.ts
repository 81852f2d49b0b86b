import { Construct } from 'constructs';
import type { AnyContract, NameOfKind } from '../contract/contract.js';
import { LakeError } from '../contract/lake-error.js';
import type { ContractSpec } from '../contract/spec.js';
import { IcebergTable } from '../lake/iceberg-table.js';
import { spoken, tableId } from '../model/graph.js';
import { quarantineTableName } from '../model/layout.js';
import type { Branch } from '../model/machine.js';
import { type Partition, partitionProblem } from '../model/partition.js';
import { type QuarantineLimit, quarantineLimitProblem } from '../model/quarantine-limit.js';
import type { ILake, PipelineScope } from '../model/step.js';
import { type ITable, type ITableRef, type TableColumns, tableColumns } from '../model/table.js';
import type { TableUse } from '../model/table-use.js';
import type { Access, BranchContext, ITransformStep } from '../model/transform-step.js';
import type { ReplaceWindows, WriteMode } from '../model/write-mode.js';
import { ruleProblems } from '../sql/check/check-condition.js';
import { sqlOf } from '../sql/compiled.js';
import type { Sql } from '../sql/sql.js';
import {
  audit,
  buildCandidate,
  dropCandidate,
  publish,
  QUARANTINE_COLUMNS,
  quarantine,
  reconcile,
  type StatementTable,
} from '../sql/statements/index.js';
import type { CheckQuery, QueryInput } from './check-row.js';
import { type CheckPartition, type CheckWrite, writeProblems } from './checks.js';
import { type FindTable, findReferred, referenceProblems, referredContracts, rulesOf } from './rules.js';
import { keepCandidates, readTable, runStatements, writeTable } from './table-access.js';
import { tableBranch } from './table-branch.js';
import { checkTransformQuery, resolveQuery, type TransformQuery } from './transform-query.js';

export interface SqlTransformProps<
  Z extends 'silver' | 'gold',
  C extends AnyContract,
  W extends WriteMode,
  Q extends QueryInput,
  P extends Partition = Partition,
> {
  readonly zone: Z;
  /** What the result must be: its columns' names, types and order, its keys and rules. The table has its name. */
  readonly contract: C;
  /** How the result becomes the table. */
  readonly write: (W & CheckWrite<NoInfer<C>, W>) | ReplaceWindows<NameOfKind<NoInfer<C>, 'date' | 'timestamp'>>;
  /**
   * One SELECT in the library's SQL subset; tables stand in it as objects. `sql`, `sqlFile`, or a typed query (`cdk-medallion/kysely`), whose
   * row is compared with the contract in the editor already.
   */
  readonly query: Q & CheckQuery<NoInfer<Z>, NoInfer<C>, Q>;
  /** How the table's files are divided, by a date or timestamp column: `Partition.month('paid_at')`. @default - not partitioned */
  readonly partition?: (P & CheckPartition<NoInfer<C>, P>) | Partition<NameOfKind<NoInfer<C>, 'date' | 'timestamp'>>;
  /**
   * How much of a run's rows its rules may refuse. Above it, and where they refuse every row, the run fails and publishes nothing;
   * `'any'` publishes what is left, were it nothing. @default { "percent": 50, "ofAtLeast": 100 }
   */
  readonly maxQuarantine?: QuarantineLimit | 'any';
}

export const TRANSFORM_DEFAULTS = { maxQuarantine: { percent: 50, ofAtLeast: 100 } } as const;

/**
 * A silver or gold table made by SQL on Athena. The transform is its table: name it in another query. Each run builds a candidate,
 * audits it, sets refused rows aside and publishes the rest in one commit; a failed audit publishes nothing.
 */
export class SqlTransform<
    const Z extends 'silver' | 'gold',
    const C extends AnyContract,
    const W extends WriteMode = WriteMode,
    Q extends QueryInput = QueryInput,
    const P extends Partition = Partition,
  >
  extends Construct
  implements ITable<Z, C>, ITransformStep
{
  readonly kind = 'transform';
  readonly zone: Z;
  readonly contract: C;
  readonly spec: ContractSpec;
  readonly database: string;
  readonly tableName: string;
  readonly c: TableColumns<C>;
  reads: readonly ITableRef[];
  problems: readonly string[];
  /** The query as it was given, or as it was compiled. */
  readonly query: Sql;
  readonly write: WriteMode;
  uses: readonly TableUse[];
  private readonly lake: ILake;
  private readonly checked: TransformQuery;
  private readonly statementTable: StatementTable;
  private referred: FindTable = () => undefined;

  constructor(scope: PipelineScope, id: string, props: SqlTransformProps<Z, C, W, Q, P>) {
    super(scope, id);
    this.lake = scope.pipeline.lake;
    this.zone = props.zone;
    this.contract = props.contract;
    this.spec = props.contract.spec;
    this.write = props.write;
    this.query = sqlOf(props.query);
    this.checked = checkTransformQuery(this.query, this.spec, this.node.path);
    const { partition } = props;
    const maxQuarantine = props.maxQuarantine === 'any' ? undefined : (props.maxQuarantine ?? TRANSFORM_DEFAULTS.maxQuarantine);
    const unfit = partition === undefined ? undefined : partitionProblem(partition, this.spec);
    const wrongLimit = maxQuarantine === undefined ? undefined : quarantineLimitProblem(maxQuarantine, this.spec.name);
    const own = [...writeProblems(this.spec, this.write), ...[unfit, wrongLimit].filter(isGiven)];
    const inRules = ruleProblems(this.spec, this.node.path);
    this.problems = [...this.checked.problems, ...inRules, ...own.map((text) => `${this.node.path}: ${text}`)];
    const table = new IcebergTable(this, 'Table', {
      ...tableProps(this.lake, props.zone, this.spec),
      // The pipeline tells of one that does not fit, with all other problems.
      ...(unfit === undefined && given({ partition })),
    });
    this.database = table.database;
    this.tableName = table.tableName;
    this.c = tableColumns(this, this.contract);
    this.reads = this.query.tables;
    const refused = new IcebergTable(this, 'Refused', refusedProps(this.lake, props.zone, this.spec));
    const operations = this.lake.zones.operations.database!;
    this.statementTable = { table: this, write: this.write, operations, quarantine: refused, ...given({ partition, maxQuarantine }) };
    const made = [this, refused].map((table) => ({ table, use: 'makes' }) as const);
    this.uses = [...this.reads.map((table) => ({ table, use: 'reads' }) as const), ...made];
    scope.pipeline.register(this);
  }

  link(tables: readonly ITableRef[]): void {
    const own = tables.filter(({ zone, database }) => this.lake.zones[zone].database === database);
    this.referred = findReferred(own, this);
    this.problems = [...this.problems, ...referenceProblems(this, this.referred).map((text) => `${this.node.path}: ${text}`)];
    const known = new Set(this.reads.map(tableId));
    const found = referredContracts(this.spec).flatMap((contract) => this.referred(contract) ?? []);
    const further = found.filter((table, n) => !known.has(tableId(table)) && found.indexOf(table) === n);
    this.reads = [...this.reads, ...further];
    this.uses = [...this.uses, ...further.map((table) => ({ table, use: 'reads' }) as const)];
  }

  branch({ label }: BranchContext): Branch {
    const table = this.statementTable;
    const rules = rulesOf(this.spec, this.referred);
    const { checked } = this.checked;
    if (checked === undefined) throw new LakeError('query', 'a query with problems makes no statements', { path: this.node.path });
    const statements = {
      build: buildCandidate(table, resolveQuery(checked, this.spec), rules),
      audit: audit(table, rules),
      quarantine: quarantine(table),
      publish: publish(table),
      reconcile: reconcile(table),
      drop: dropCandidate(table),
    };
    refuseTooLong(statements, this.node.path);
    return tableBranch({ label, table: spoken(this), workGroup: this.lake.workGroup, statements });
  }

  access(): readonly Access[] {
    const { lake, zone, database, tableName } = this;
    const { quarantine: refused } = this.statementTable;
    return [
      ...runStatements(lake),
      ...keepCandidates(lake, `${zone}_${tableName}__`),
      ...this.reads.flatMap((table) => readTable(lake, table)),
      ...writeTable(lake, zone, database, tableName),
      ...writeTable(lake, 'quarantine', refused.database, refused.tableName),
    ];
  }
}

function isGiven<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** Properties without those that are present but undefined. */
function given<T extends object>(properties: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as never;
}

/** Athena takes no longer statement. */
const MAX_STATEMENT_BYTES = 262_144;

function refuseTooLong(statements: Readonly<Record<string, Sql>>, path: string): void {
  for (const [name, statement] of Object.entries(statements)) {
    const bytes = Buffer.byteLength(statement.sample());
    if (bytes <= MAX_STATEMENT_BYTES) continue;
    const message = `the statement '${name}' has ${bytes} bytes, Athena takes ${MAX_STATEMENT_BYTES}: use fewer columns or a shorter query`;
    throw new LakeError('statement-size', message, { path });
  }
}

function tableProps(lake: ILake, zone: 'silver' | 'gold', { name, columns, description }: ContractSpec) {
  return { lake, zone, tableName: name, columns, ...(description === undefined ? {} : { description }) };
}

function refusedProps(lake: ILake, zone: 'silver' | 'gold', { name }: ContractSpec) {
  const tableName = quarantineTableName(zone, name);
  return {
    lake,
    zone: 'quarantine',
    tableName,
    columns: QUARANTINE_COLUMNS,
    description: `Rows that rules of ${zone}.${name} refused`,
  } as const;
}
