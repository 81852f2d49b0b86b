export { Pipeline, type PipelineProps } from './pipeline.js';
export { PipelinePart } from './pipeline-part.js';
export { type ScheduleOptions, Trigger } from './trigger.js';
