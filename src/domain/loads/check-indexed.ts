import { CoordError, echo } from '../errors.js';
import type { FieldId, IndexId } from '../ids.js';
import type { CollectionRecord } from '../records.js';
import { isVector } from '../schema/data-types.js';
import type { LoadRecord } from './load-record.js';
import { userFields } from './requested-fields.js';

/**
 * Every vector that is loaded needs an index. Code 700 when the collection has none at all, else
 * 65535 with the fields that lack one. Milvus is content with one vector's index where partitions
 * are loaded, and then cannot search the others.
 */
export function checkIndexed(
  { name, schema }: CollectionRecord,
  loadFields: readonly FieldId[],
  indexes: ReadonlyMap<FieldId, IndexId>,
  scope: LoadRecord['scope'],
): void {
  if (indexes.size === 0) throw CoordError.of('IndexNotFound', { collection: name });
  const vectors = userFields(schema).filter(({ dataType }) => isVector(dataType));
  const isIndexed = ({ fieldID }: { fieldID: bigint }) => indexes.has(fieldID as FieldId);
  if (scope === 'partitions' && !vectors.some(isIndexed)) {
    throw CoordError.plain(
      `there is no vector index on collection: ${name}, please create index firstly`,
    );
  }
  const loaded: ReadonlySet<bigint> = new Set(loadFields);
  const lacking = vectors.filter((field) => loaded.has(field.fieldID) && !isIndexed(field));
  if (lacking.length === 0) return;
  const names = lacking.map((field) => field.name).join(' ');
  throw CoordError.plain(
    `there is no vector index on field: [${echo(names)}], please create index firstly`,
  );
}
