export { DELIVERY_DEFAULTS, Delivery, type FirehoseDeliveryOptions, type LambdaDeliveryOptions } from './delivery.js';
export { EventStream, type NewStreamOptions, STREAM_DEFAULTS } from './event-stream.js';
export { FILE_DEFAULTS, type FileFormat, FileSource, type FileSourceProps } from './file-source.js';
export { KinesisSource, type KinesisSourceProps } from './kinesis-source.js';
