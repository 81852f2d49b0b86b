import { variablesOf } from '../sources/local-source.js';
import type { GlueTable } from '../tables/lake-tables.js';
import type { Inventory } from './inventory.js';

/** Every bucket of the lake: those of the templates, and adopted ones, which only references name. */
export function knownBuckets(inventory: Inventory, tables: readonly GlueTable[]): ReadonlySet<string> {
  const declared = inventory.all('AWS::S3::Bucket').map(({ ref }) => ref);
  const located = tables.flatMap(({ objects }) => (objects === undefined ? [] : [objects.bucket]));
  const told = inventory.all('AWS::Lambda::Function').flatMap((resource) =>
    Object.entries(variablesOf(resource))
      .filter(([name]) => name.startsWith('MEDALLION_') && name.endsWith('_BUCKET'))
      .map(([, bucket]) => bucket),
  );
  const watched = inventory.all('AWS::Events::Rule').flatMap(({ properties }) => watchedBuckets(properties['EventPattern']));
  return new Set([...declared, ...located, ...told, ...watched]);
}

function watchedBuckets(pattern: unknown): readonly string[] {
  const names = (pattern as { detail?: { bucket?: { name?: unknown } } } | undefined)?.detail?.bucket?.name;
  return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : [];
}
