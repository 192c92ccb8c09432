import { dataTypeName, isVector } from '../domain/schema/data-types.js';
import { isSameSchema } from '../domain/schema/schema-equality.js';
import { CollectionSchema, type FieldSchema } from '../gen/schema.js';
import { type CollectionPlace, toProperties } from './catalog-state.js';
import { canonicalValue, diffProperties } from './diff-properties.js';
import type { Findings } from './findings.js';

/** Type params that AlterCollectionField takes (facts/rootcoord §5.6; Milvus 2.6). */
const ALTERABLE_PARAMS: ReadonlySet<string> = new Set([
  'max_length',
  'max_capacity',
  'mmap.enabled',
]);

/** How AlterCollectionField names the description. */
const DESCRIPTION_KEY = 'field.description';

const NO_SCHEMA = CollectionSchema.create();

/** Compares the fields of a collection that is there; their order does not count. */
export function diffFields(
  place: CollectionPlace,
  wanted: CollectionSchema,
  existing: CollectionSchema,
  findings: Findings,
): void {
  const there = new Map(existing.fields.map((field) => [field.name, field]));
  for (const field of wanted.fields) {
    const old = there.get(field.name);
    there.delete(field.name);
    if (old === undefined) addField(place, field, existing, findings);
    else diffField(place, field, old, findings);
  }
  for (const name of there.keys()) {
    findings.conflict(place, `field ${name} is not in the spec, and fields cannot be dropped`);
  }
  if (!isSameSchema(onlyStructs(wanted), onlyStructs(existing))) {
    findings.conflict(place, 'struct arrays differ, and they cannot be changed in place');
  }
}

function addField(
  place: CollectionPlace,
  field: FieldSchema,
  existing: CollectionSchema,
  findings: Findings,
): void {
  const obstacle = obstacleToAdding(field, existing);
  if (obstacle === undefined) findings.step({ kind: 'addField', ...place, field });
  else findings.conflict(place, `field ${field.name} is new, and ${obstacle}`);
}

/** Rows that are there already have no value for a new field (Milvus 2.6, AddCollectionField). */
function obstacleToAdding(field: FieldSchema, existing: CollectionSchema): string | undefined {
  if (field.isPrimaryKey) return 'a primary key cannot be added';
  if (field.isPartitionKey) return 'a partition key cannot be added';
  if (field.isClusteringKey && existing.fields.some(({ isClusteringKey }) => isClusteringKey)) {
    return 'there is a clustering key already';
  }
  if (isVector(field.dataType)) return 'a vector field cannot be added';
  return field.nullable ? undefined : 'only a nullable field can be added';
}

function diffField(
  place: CollectionPlace,
  wanted: FieldSchema,
  existing: FieldSchema,
  findings: Findings,
): void {
  if (isSameSchema(only(wanted), only(existing))) return;
  if (!isSameSchema(only(fixedPart(wanted)), only(fixedPart(existing)))) {
    const what = differences(fixedPart(wanted), fixedPart(existing)).join(', ');
    findings.conflict(place, `field ${wanted.name} cannot be changed in place: ${what}`);
    return;
  }
  const params = { ...place, field: wanted.name };
  const { set, unwanted } = diffProperties(alterablePart(wanted), alterablePart(existing));
  if (set.length > 0) findings.step({ kind: 'setFieldParams', ...params, properties: set });
  if (unwanted.length > 0 && findings.prune) {
    findings.step({ kind: 'removeFieldParams', ...params, keys: unwanted });
  }
}

/** The field as it must be, whatever may be altered left out. */
const fixedPart = (field: FieldSchema): FieldSchema => ({
  ...field,
  description: '',
  indexParams: [],
  typeParams: field.typeParams
    .filter(({ key }) => !ALTERABLE_PARAMS.has(key))
    .map(({ key, value }) => ({ key, value: canonicalValue(value) })),
});

/** The description counts as a param: it is altered like one, and never goes. */
const alterablePart = ({ typeParams, description }: FieldSchema) =>
  toProperties([
    ...typeParams.filter(({ key }) => ALTERABLE_PARAMS.has(key)),
    { key: DESCRIPTION_KEY, value: description },
  ]);

const only = (field: FieldSchema): CollectionSchema => ({ ...NO_SCHEMA, fields: [field] });

const onlyStructs = ({ structArrayFields }: CollectionSchema): CollectionSchema => ({
  ...NO_SCHEMA,
  structArrayFields,
});

/** `type is Int64 and should be VarChar` for everything that differs. */
function differences(wanted: FieldSchema, existing: FieldSchema): string[] {
  const should = traits(wanted);
  return [...traits(existing)].flatMap(([trait, value]) => {
    const other = should.get(trait);
    return value === other ? [] : [`${trait} is ${value} and should be ${other}`];
  });
}

function traits(field: FieldSchema): ReadonlyMap<string, string> {
  const params = field.typeParams.map(({ key, value }) => `${key}=${value}`).sort();
  return new Map([
    ['type', dataTypeName(field.dataType)],
    ['elementType', dataTypeName(field.elementType)],
    ['primaryKey', String(field.isPrimaryKey)],
    ['autoId', String(field.autoID)],
    ['partitionKey', String(field.isPartitionKey)],
    ['clusteringKey', String(field.isClusteringKey)],
    ['nullable', String(field.nullable)],
    ['default', defaultText(field)],
    ['type params', params.join(' ') || 'none'],
  ]);
}

/** The value without its kind, which follows from the type. */
function defaultText({ defaultValue }: FieldSchema): string {
  const values = Object.values(defaultValue ?? {}).filter((value) => value !== undefined);
  return values.length === 0 ? 'none' : values.map(String).join(' ');
}
