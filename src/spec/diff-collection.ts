import {
  CONSISTENCY_LEVEL_KEY,
  DYNAMIC_FIELD_KEY,
} from '../domain/schema/collection-properties.js';
import { isSameSchema } from '../domain/schema/schema-equality.js';
import { ConsistencyLevel, type KeyValuePair } from '../gen/common.js';
import type { CollectionSchema } from '../gen/schema.js';
import {
  type CollectionPlace,
  type CollectionState,
  DESCRIPTION_KEY,
  toPairs,
} from './catalog-state.js';
import { diffFields } from './diff-fields.js';
import { diffFunctions } from './diff-functions.js';
import { diffProperties } from './diff-properties.js';
import type { Findings } from './findings.js';

/** What makes a collection that is not there. Its aliases are the database's matter. */
export function createCollection(
  place: CollectionPlace,
  wanted: CollectionState,
  findings: Findings,
): void {
  const { schema, shardsNum, consistencyLevel, numPartitions, properties } = wanted;
  findings.step({
    kind: 'createCollection',
    ...place,
    schema,
    shardsNum,
    consistencyLevel,
    numPartitions,
    properties: toPairs(properties),
  });
  createPartitions(place, wanted.partitions, findings);
}

/** What makes the collection that is there the wanted one. */
export function diffCollection(
  place: CollectionPlace,
  wanted: CollectionState,
  existing: CollectionState,
  findings: Findings,
): void {
  checkFixed(place, wanted, existing, findings);
  diffSettings(place, wanted, existing, findings);
  diffSchema(place, wanted.schema, existing.schema, findings);
  createPartitions(place, difference(wanted.partitions, existing.partitions), findings);
  if (!findings.prune) return;
  for (const partition of difference(existing.partitions, wanted.partitions)) {
    findings.step({ kind: 'dropPartition', ...place, partition });
  }
}

function diffSchema(
  place: CollectionPlace,
  wanted: CollectionSchema,
  existing: CollectionSchema,
  findings: Findings,
): void {
  // Nearly every collection of a large catalog ends here.
  if (isSameSchema(wanted, existing)) return;
  diffFields(place, wanted, existing, findings);
  diffFunctions(place, wanted, existing, findings);
}

/** What only a new collection can have otherwise. */
function checkFixed(
  place: CollectionPlace,
  wanted: CollectionState,
  existing: CollectionState,
  findings: Findings,
): void {
  const fixed = [
    ['shards', existing.shardsNum, wanted.shardsNum],
    ['numPartitions', existing.numPartitions, wanted.numPartitions || existing.numPartitions],
  ] as const;
  if (existing.schema.enableDynamicField && !wanted.schema.enableDynamicField) {
    findings.conflict(place, 'dynamicField is true and cannot become false');
  }
  for (const [what, is, should] of fixed) {
    if (is === should) continue;
    findings.conflict(place, `${what} is ${is} and should be ${should}; it cannot be changed`);
  }
}

function diffSettings(
  place: CollectionPlace,
  wanted: CollectionState,
  existing: CollectionState,
  findings: Findings,
): void {
  const { set, unwanted } = diffProperties(wanted.properties, existing.properties);
  const properties = [...set, ...diffWords(wanted, existing)];
  if (properties.length > 0) {
    findings.step({ kind: 'setCollectionProperties', ...place, properties });
  }
  if (wanted.schema.enableDynamicField && !existing.schema.enableDynamicField) {
    // The server takes it only alone in its request.
    const alone = [{ key: DYNAMIC_FIELD_KEY, value: 'true' }];
    findings.step({ kind: 'setCollectionProperties', ...place, properties: alone });
  }
  if (unwanted.length > 0 && findings.prune) {
    findings.step({ kind: 'removeCollectionProperties', ...place, keys: unwanted });
  }
}

/** What has a word of its own in a spec and is altered as a property. */
function diffWords(wanted: CollectionState, existing: CollectionState): KeyValuePair[] {
  const changed: KeyValuePair[] = [];
  if (wanted.consistencyLevel !== existing.consistencyLevel) {
    changed.push({ key: CONSISTENCY_LEVEL_KEY, value: levelName(wanted.consistencyLevel) });
  }
  if (wanted.schema.description !== existing.schema.description) {
    changed.push({ key: DESCRIPTION_KEY, value: wanted.schema.description });
  }
  return changed;
}

/** The level's name in the contract. */
export const levelName = (level: ConsistencyLevel): string =>
  Object.entries(ConsistencyLevel).find(([, value]) => value === level)?.[0] ?? String(level);

function createPartitions(
  place: CollectionPlace,
  partitions: Iterable<string>,
  findings: Findings,
): void {
  for (const partition of partitions) {
    findings.step({ kind: 'createPartition', ...place, partition });
  }
}

const difference = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] =>
  [...a].filter((each) => !b.has(each));
