import { Construct } from 'constructs';
import type { IPipeline, PipelineScope } from '../model/step.js';

/** A part of a pipeline in a file of its own: its steps are the pipeline's steps. */
export abstract class PipelinePart extends Construct implements PipelineScope {
  readonly pipeline: IPipeline;

  constructor(scope: PipelineScope, id: string) {
    super(scope, id);
    this.pipeline = scope.pipeline;
  }
}
