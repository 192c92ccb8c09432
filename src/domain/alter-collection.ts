import type { KeyValuePair } from '../gen/common.js';
import { type Alteration, withSchema } from './alteration.js';
import { CoordError } from './errors.js';
import { changeProperties, checkPropertyChange, type PropertyChange } from './property-changes.js';
import type { CollectionRecord } from './records.js';
import {
  CONSISTENCY_LEVEL_KEY,
  checkPartitionKeyIsolation,
  checkProperties,
  consistencyLevelOf,
  DYNAMIC_FIELD_KEY,
} from './schema/collection-properties.js';
import { insertField } from './schema/insert-field.js';
import { isEnabled, paramOf } from './schema/params.js';
import { hasPartitionKey } from './schema/partition-key.js';
import { addedDynamicField } from './schema/system-fields.js';

const DESCRIPTION_KEY = 'collection.description';

/**
 * The collection after AlterCollection (facts/rootcoord §5.6), or the same record when nothing
 * changes. `consistency_level` alters the level, too, and stays a property as it does at create;
 * `collection.description` becomes the description and is kept there only; `dynamicfield.enabled`
 * adds `$meta`. Deleting a key takes nothing else back. Unknown keys are stored as they are.
 * Code 65535 for a change that says nothing or two things, 1100 and 105 for values that cannot be,
 * 1102 for too many or too large ones. Whether a loaded collection may change is not asked here.
 */
export function alterCollectionProperties(
  record: CollectionRecord,
  change: PropertyChange,
  { limits, at }: Alteration,
): CollectionRecord {
  checkPropertyChange(change, 'collection');
  const { properties, deleteKeys } = change;
  checkProperties(properties);
  const subject = { name: record.name, hasPartitionKey: hasPartitionKey(record.schema) };
  checkPartitionKeyIsolation(lastFirst(properties), subject, limits);
  if (deleteKeys.includes(DYNAMIC_FIELD_KEY)) {
    throw CoordError.invalid(`cannot delete key ${DYNAMIC_FIELD_KEY}`);
  }
  if (paramOf(properties, DYNAMIC_FIELD_KEY) !== undefined) {
    return alterDynamicField(record, change, { limits, at });
  }
  return applyProperties(record, change, { limits, at });
}

/** Readers take the first of equal keys; of a change the last one counts, as in the merge. */
const lastFirst = (properties: readonly KeyValuePair[]): readonly KeyValuePair[] =>
  [...properties].reverse();

function applyProperties(
  record: CollectionRecord,
  change: PropertyChange,
  { at }: Alteration,
): CollectionRecord {
  const given = lastFirst(change.properties);
  const description = paramOf(given, DESCRIPTION_KEY) ?? record.schema.description;
  const properties = changeProperties(record.properties, {
    ...change,
    properties: change.properties.filter(({ key }) => key !== DESCRIPTION_KEY),
  });
  const level = given.filter(({ key }) => key === CONSISTENCY_LEVEL_KEY);
  const consistencyLevel =
    level.length === 0
      ? record.consistencyLevel
      : consistencyLevelOf(record.consistencyLevel, level);
  const schema =
    description === record.schema.description ? record.schema : { ...record.schema, description };
  const same =
    properties === record.properties &&
    schema === record.schema &&
    consistencyLevel === record.consistencyLevel;
  if (same) return record;
  return { ...record, schema, properties, consistencyLevel, updatedAt: at };
}

/** The rules and texts of Milvus 2.6: alone in its request, and never off again. */
function alterDynamicField(
  record: CollectionRecord,
  { properties }: PropertyChange,
  { limits, at }: Alteration,
): CollectionRecord {
  if (properties.length !== 1) {
    throw CoordError.invalid('cannot alter dynamic schema with other properties at the same time');
  }
  const enable = isEnabled(properties, DYNAMIC_FIELD_KEY);
  if (enable === record.schema.enableDynamicField) return record;
  if (!enable) throw CoordError.invalid('dynamic schema cannot supported to be disabled');
  const schema = insertField(record.schema, addedDynamicField(), limits);
  return withSchema(record, { ...schema, enableDynamicField: true }, at);
}
