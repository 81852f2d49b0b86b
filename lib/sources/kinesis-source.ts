import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { AnyContract } from '../contract/contract.js';
import { LakeError } from '../contract/lake-error.js';
import type { ContractSpec } from '../contract/spec.js';
import { BronzeTable } from '../lake/bronze-table.js';
import { grantOn } from '../lake/grant.js';
import { QuarantineTable } from '../lake/quarantine-table.js';
import { encryptWith } from '../lake/statement.js';
import type { QuarantineLimit } from '../model/quarantine-limit.js';
import type { IStep, PipelineScope } from '../model/step.js';
import { type ITable, type TableColumns, tableColumns } from '../model/table.js';
import { Delivery, deliveryProblems } from './delivery.js';
import { type BoundStream, EventStream } from './event-stream.js';
import { deliverByFirehose } from './firehose-delivery.js';
import { deliverByLambda } from './lambda-delivery.js';
import { alarmOnRefusals } from './refusal-alarm.js';

export interface KinesisSourceProps<C extends AnyContract> {
  /** What a record must be. The bronze table has its name. */
  readonly contract: C;
  /** The stream that is read. @default EventStream.onDemand() */
  readonly stream?: EventStream;
  /** How records come from the stream to bronze. @default Delivery.lambda() */
  readonly delivery?: Delivery;
  /**
   * How much of what comes within 5 minutes may be refused before the lake's failure topic is told. So it is where all of it is refused;
   * `'any'` tells nobody. Records are kept either way. @default { "percent": 50, "ofAtLeast": 100 }
   */
  readonly maxQuarantine?: QuarantineLimit | 'any';
}

/**
 * A Kinesis stream whose records become rows of a bronze table, or refused records of the quarantine zone: each record is one or the
 * other, exactly. The source is its bronze table: name it in a query.
 */
export class KinesisSource<const C extends AnyContract> extends Construct implements ITable<'bronze', C>, IStep {
  readonly zone = 'bronze' as const;
  readonly contract: C;
  readonly spec: ContractSpec;
  readonly database: string;
  readonly tableName: string;
  readonly c: TableColumns<C>;
  readonly reads = [];
  /** The stream that producers put to. */
  readonly streamArn: string;
  private readonly stream: BoundStream;

  constructor(scope: PipelineScope, id: string, props: KinesisSourceProps<C>) {
    super(scope, id);
    const { lake } = scope.pipeline;
    const delivery = props.delivery ?? Delivery.lambda();
    this.contract = props.contract;
    this.spec = props.contract.spec;
    const stream = (props.stream ?? EventStream.onDemand()).bind(this, lake);
    validateDelivery(this, delivery, stream);
    this.stream = stream;
    this.streamArn = stream.arn;
    const table = new BronzeTable(this, 'Table', { lake, spec: this.spec });
    new QuarantineTable(this, 'Refused', { lake, spec: this.spec });
    this.database = table.database;
    this.tableName = table.tableName;
    this.c = tableColumns(this, this.contract);
    if (delivery.kind === 'lambda') deliverByLambda(this, { lake, spec: this.spec, stream, options: delivery.options });
    else deliverByFirehose(this, { lake, spec: this.spec, stream, options: delivery.options });
    alarmOnRefusals(this, lake, this.spec, props.maxQuarantine);
    scope.pipeline.register(this);
  }

  /** Lets a producer put records to the stream. */
  grantPut(producer: IGrantable): Grant {
    const { arn, encryptionKey } = this.stream;
    const put = grantOn(producer, { actions: ['kinesis:PutRecord', 'kinesis:PutRecords', 'kinesis:ListShards'], resources: [arn] });
    return encryptionKey === undefined ? put : put.combine(grantOn(producer, encryptWith(encryptionKey, 'kinesis')));
  }
}

function validateDelivery(scope: Construct, delivery: Delivery, stream: BoundStream): void {
  const problems = deliveryProblems(delivery, stream.retention);
  if (problems.length > 0) throw new LakeError('delivery', problems.join('\n'), { path: scope.node.path });
}
