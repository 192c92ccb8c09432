import type { CollectionSchema, FieldSchema } from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';
import type { FieldId } from '../ids.js';
import { unexpectedValue } from '../refusals.js';
import { isVector } from '../schema/data-types.js';
import { isEnabled } from '../schema/params.js';
import { FIRST_USER_FIELD_ID } from '../schema/system-fields.js';
import type { LoadRecord } from './load-record.js';

/** Which fields a request wants loaded. */
export interface FieldSelection {
  /** Names; empty for all that are not declared to be skipped. */
  readonly loadFields: readonly string[];
  readonly skipLoadDynamicField: boolean;
}

/**
 * Ids of the fields to load, in the order of the schema. Keys and at least one vector must be among
 * them: code 1100 when they are not, 65535 for a name no field has.
 */
export function loadFieldIdsOf(
  schema: CollectionSchema,
  { loadFields: names, skipLoadDynamicField }: FieldSelection,
): readonly FieldId[] {
  const fields = userFields(schema).filter((field) => !(field.isDynamic && skipLoadDynamicField));
  if (names.length === 0) {
    return fields.filter((field) => !isEnabled(field.typeParams, 'field.skipLoad')).map(idOf);
  }
  const wanted = new Set([...new Set(names)].flatMap((name) => namedFields(schema, name)));
  const chosen = fields.filter((field) => field.isDynamic || wanted.has(field));
  checkComplete(schema, chosen, names);
  return chosen.map(idOf);
}

/** Only a list the client gave itself is compared: code 1100, in Milvus 2.4's words. */
export function checkFieldsUnchanged(
  loaded: LoadRecord,
  { loadFields: names }: FieldSelection,
  ids: readonly FieldId[],
): void {
  if (names.length === 0) return;
  const known = new Set(loaded.loadFields);
  if (known.size === ids.length && ids.every((id) => known.has(id))) return;
  throw unexpectedValue(
    `can't change the load field list for loaded ${loaded.scope}`,
    echo(`[${loaded.loadFields.join(' ')}]`),
    echo(`[${ids.join(' ')}]`),
  );
}

const idOf = ({ fieldID }: FieldSchema): FieldId => fieldID as FieldId;

/** Members of struct arrays included, system fields not. */
export const userFields = ({ fields, structArrayFields }: CollectionSchema): FieldSchema[] => [
  ...fields.filter(({ fieldID }) => fieldID >= FIRST_USER_FIELD_ID),
  ...structArrayFields.flatMap((struct) => struct.fields),
];

/** The name of a struct array stands for all of its members. */
function namedFields(schema: CollectionSchema, name: string): readonly FieldSchema[] {
  const field = schema.fields.find((each) => each.name === name);
  if (field) return [field];
  const struct = schema.structArrayFields.find((each) => each.name === name);
  if (struct) return struct.fields;
  throw CoordError.plain(`failed to get field schema by name: fieldName(${echo(name)}) not found`);
}

function checkComplete(
  { fields }: CollectionSchema,
  chosen: readonly FieldSchema[],
  names: readonly string[],
): void {
  const lacks = (what: string) =>
    CoordError.invalid(`load field list ${echo(`[${names.join(' ')}]`)} does not contain ${what}`);
  const isMissing = (field: FieldSchema | undefined): field is FieldSchema =>
    field !== undefined && !chosen.includes(field);
  const primary = fields.find(({ isPrimaryKey }) => isPrimaryKey);
  if (isMissing(primary)) throw lacks(`primary key field ${primary.name}`);
  if (!chosen.some(({ dataType }) => isVector(dataType))) throw lacks('vector field');
  const partition = fields.find(({ isPartitionKey }) => isPartitionKey);
  if (isMissing(partition)) throw lacks(`partition key field ${partition.name}`);
  const clustering = fields.find(({ isClusteringKey }) => isClusteringKey);
  if (isMissing(clustering)) throw lacks(`clustering key field ${clustering.name}`);
}
