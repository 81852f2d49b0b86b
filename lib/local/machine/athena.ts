import { LakeError } from '../../contract/lake-error.js';
import type { QueryReport } from '../report.js';
import { stableUuid } from '../tables/identifier.js';
import { TaskError } from './machine-run.js';

/** Runs one Athena statement here: the rows of a query, nothing for other statements. */
export type StatementRunner = (text: string) => Promise<QueryReport | undefined>;

/** The longest statement that Athena takes, in bytes. */
const MAX_QUERY_BYTES = 262_144;
const MAX_PAGE = 1000;
const START_FIELDS = new Set(['QueryString', 'WorkGroup', 'ClientRequestToken', 'QueryExecutionContext']);
const RESULT_FIELDS = new Set(['QueryExecutionId', 'MaxResults']);

/** Athena for one execution of a machine: it remembers its queries' results until the execution ends. */
export class Athena {
  private readonly results = new Map<string, QueryReport | undefined>();

  constructor(
    private readonly run: StatementRunner,
    private readonly workGroups: ReadonlySet<string>,
    private readonly execution: string,
  ) {}

  /** `athena:startQueryExecution.sync`: ends when the statement has. */
  async startQueryExecution(parameters: Record<string, unknown>): Promise<object> {
    refuseOthers(parameters, START_FIELDS, 'startQueryExecution');
    const text = String(parameters['QueryString']);
    const workGroup = String(parameters['WorkGroup'] ?? 'primary');
    if (!this.workGroups.has(workGroup))
      throw new TaskError('Athena.InvalidRequestException', `no workgroup '${workGroup}' in the assembly`);
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_QUERY_BYTES)
      throw new TaskError('Athena.InvalidRequestException', `the statement has ${bytes} bytes; Athena takes ${MAX_QUERY_BYTES}`);
    const id = stableUuid(this.execution, this.results.size);
    this.results.set(id, undefined);
    try {
      this.results.set(id, await this.run(text));
    } catch (error) {
      // A statement that fails ends the task so in AWS; what this runtime cannot do is no failure of the statement.
      if (error instanceof LakeError && error.code === 'local/statement') throw new TaskError('States.TaskFailed', error.message);
      throw error;
    }
    return {
      QueryExecution: {
        QueryExecutionId: id,
        Query: text,
        WorkGroup: workGroup,
        Status: { State: 'SUCCEEDED' },
        StatementType: typeOf(text),
      },
    };
  }

  /** `athena:getQueryResults`: the first page, after a row of column names, every value as text. */
  async getQueryResults(parameters: Record<string, unknown>): Promise<object> {
    refuseOthers(parameters, RESULT_FIELDS, 'getQueryResults');
    const id = String(parameters['QueryExecutionId']);
    const page = Number(parameters['MaxResults'] ?? MAX_PAGE);
    if (!this.results.has(id)) throw new TaskError('Athena.InvalidRequestException', 'no such query in this execution');
    if (!Number.isInteger(page) || page < 1 || page > MAX_PAGE)
      throw new TaskError('Athena.InvalidRequestException', `MaxResults is 1 to ${MAX_PAGE}, got ${page}`);
    const { columns, rows } = this.results.get(id) ?? { columns: [], rows: [] };
    const other = columns.find(({ type }) => type !== 'VARCHAR');
    // How Athena writes other types as text is not repeated here: our statements give text.
    if (other !== undefined)
      throw new LakeError('local/result-type', `the column '${other.name}' of a result that is read is ${other.type}: cast it to varchar`);
    const texts = [columns.map(({ name }) => name), ...rows] as readonly (readonly (string | null)[])[];
    const data = texts.slice(0, page).map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) }));
    return {
      UpdateCount: 0,
      ResultSet: { Rows: data, ResultSetMetadata: { ColumnInfo: columns.map(({ name }) => ({ Name: name, Type: 'varchar' })) } },
    };
  }
}

function refuseOthers(parameters: Record<string, unknown>, known: ReadonlySet<string>, call: string): void {
  const other = Object.keys(parameters).find((name) => !known.has(name));
  if (other !== undefined) throw new LakeError('local/integration', `the local runtime does not run athena:${call} with '${other}'`);
}

function typeOf(text: string): string {
  return /^\s*(create|drop|alter)/i.test(text) ? 'DDL' : 'DML';
}
