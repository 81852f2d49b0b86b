import { LakeError } from '../../contract/lake-error.js';
import type { LocalEnvironment } from '../assembly/environment.js';
import { FileSource } from './file-source.js';
import { FirehoseSource } from './firehose-source.js';
import type { LocalSource } from './local-source.js';
import { StreamSource } from './stream-source.js';

/** The ways into a lake: its stream mappings, delivery streams, and rules that hand files to functions. */
export function localSources(environment: LocalEnvironment): readonly LocalSource[] {
  const { inventory, functions } = environment;
  const streams = inventory.all('AWS::Lambda::EventSourceMapping').map((mapping) => new StreamSource(environment, mapping));
  const firehoses = inventory.all('AWS::KinesisFirehose::DeliveryStream').map((resource) => new FirehoseSource(environment, resource));
  const files = inventory.all('AWS::Events::Rule').flatMap((rule) => {
    const targets = (rule.properties['Targets'] ?? []) as readonly { readonly Arn: string }[];
    return targets.flatMap(({ Arn: arn }) => {
      // A rule that starts a machine: here runs are started by whoever asks.
      if (arn.includes(':stateMachine:')) return [];
      const target = functions.resource(arn);
      if (target === undefined)
        throw new LakeError('local/rule', 'the local runtime does not know the target of the rule', { path: rule.path });
      return [new FileSource(environment, rule, target)];
    });
  });
  return [...streams, ...firehoses, ...files];
}
