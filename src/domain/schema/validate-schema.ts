import type { KeyValuePair } from '../../gen/common.js';
import type { CollectionSchema } from '../../gen/schema.js';
import { CoordError } from '../errors.js';
import { checkCollectionName } from '../names.js';
import { checkClusteringKey } from './clustering-key.js';
import {
  checkPartitionKeyIsolation,
  checkProperties,
  timezoneOf,
} from './collection-properties.js';
import { isVector } from './data-types.js';
import { readTimestamptzDefault } from './default-values.js';
import {
  checkAutoId,
  checkNoDynamicField,
  checkPrimaryKey,
  checkUniqueNames,
} from './field-roles.js';
import { checkFieldTypes } from './field-types.js';
import { checkFunctions, markOutputs } from './functions.js';
import { checkLoadFields } from './load-fields.js';
import { checkPartitionKey, hasPartitionKey } from './partition-key.js';
import { checkRootPreconditions } from './root-preconditions.js';
import { checkPropertyBounds, checkSchemaBounds, countFields } from './schema-bounds.js';
import type { SchemaLimits } from './schema-limits.js';
import { checkStructArrays, inheritNullable } from './struct-arrays.js';
import { checkSupported } from './unsupported.js';
import { checkField } from './validate-field.js';

/** What a client asks for, the schema already decoded; `CreateCollectionRequest` has the rest. */
export interface NewCollection {
  readonly collectionName: string;
  readonly schema: CollectionSchema;
  readonly shardsNum: number;
  readonly numPartitions: bigint;
  readonly properties: readonly KeyValuePair[];
}

/** What RootCoord is to be asked for. */
export interface ValidatedCollection {
  /** Names trimmed, `autoID` of the schema off, function outputs marked, defaults readable. */
  readonly schema: CollectionSchema;
  /** 0 without a partition key. */
  readonly numPartitions: bigint;
}

/**
 * Everything a Milvus proxy checks when a collection is created, in its order (facts/rootcoord
 * §19.2), then RootCoord's own checks. Functions and struct arrays are younger than that order:
 * functions follow the counts of shards and fields (Milvus 2.5 puts them first, but here those
 * counts bound the work), struct arrays follow the fields. Throws the CoordError of the first violation.
 */
export function validateCreateCollection(
  request: NewCollection,
  limits: SchemaLimits,
): ValidatedCollection {
  checkCounts(request, limits);
  const draft = clean(request.schema);
  checkSupported(draft);
  const schema = markOutputs(draft, checkFunctions(draft, limits));
  checkVectorCount(schema, limits);
  checkCollectionName(schema.name, limits.maxNameLength);
  checkRoles(schema);
  const numPartitions = checkPartitionKey(schema, request.numPartitions, limits);
  const collection = { name: schema.name, hasPartitionKey: hasPartitionKey(schema) };
  checkPartitionKeyIsolation(request.properties, collection, limits);
  checkProperties(request.properties);
  checkClusteringKey(schema, schema.name);
  for (const field of schema.fields) checkField(field, schema.name, limits);
  checkStructArrays(schema, limits);
  checkLoadFields(schema);
  checkRootPreconditions(request.collectionName.trim(), schema);
  return { schema: readDefaults(schema, timezoneOf(request.properties)), numPartitions };
}

function checkCounts({ schema, shardsNum, properties }: NewCollection, limits: SchemaLimits): void {
  if (shardsNum > limits.maxShardNum) {
    throw CoordError.plain(`maximum shards's number should be limited to ${limits.maxShardNum}`);
  }
  if (countFields(schema) > limits.maxFieldNum) {
    throw CoordError.plain(`maximum field's number should be limited to ${limits.maxFieldNum}`);
  }
  checkSchemaBounds(schema);
  checkPropertyBounds(properties);
}

/** The schema without what only servers set, and with its name trimmed. */
const clean = (schema: CollectionSchema): CollectionSchema => ({
  ...schema,
  name: schema.name.trim(),
  autoID: false,
  version: 0,
  fileResourceIds: [],
  structArrayFields: schema.structArrayFields.map(inheritNullable),
});

const readDefaults = (schema: CollectionSchema, timezone: string): CollectionSchema => ({
  ...schema,
  fields: schema.fields.map((field) => readTimestamptzDefault(field, timezone)),
});

function checkVectorCount(schema: CollectionSchema, limits: SchemaLimits): void {
  const members = schema.structArrayFields.flatMap((struct) => struct.fields);
  const vectors = [...schema.fields, ...members].filter((field) => isVector(field.dataType));
  if (vectors.length > limits.maxVectorFieldNum) {
    throw CoordError.plain(
      `maximum vector field's number should be limited to ${limits.maxVectorFieldNum}`,
    );
  }
  if (vectors.length === 0) throw CoordError.invalid('schema does not contain vector field');
}

function checkRoles(schema: CollectionSchema): void {
  checkUniqueNames(schema);
  checkPrimaryKey(schema);
  checkNoDynamicField(schema);
  checkAutoId(schema);
  checkFieldTypes(schema);
}
