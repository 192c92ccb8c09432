import type { CollectionId, DatabaseId, FieldId, PartitionId } from '../../domain/ids.js';
import { invariant, unreachable } from '../../domain/invariant.js';
import type { CollectionRecord, LifecycleState, PartitionRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import {
  CollectionInfo,
  CollectionState,
  PartitionInfo,
  PartitionState,
} from '../../gen/etcd_meta.js';
import { CollectionImage } from '../../gen/journal.js';
import {
  type CollectionSchema,
  FieldSchema,
  FunctionSchema,
  StructArrayFieldSchema,
} from '../../gen/schema.js';
import type { Write } from '../../ports/meta-store.js';
import { compactCollection } from './compact-collection.js';
import type { CatalogKeys } from './keys.js';

/** Numbers of the stored state words; 0 is Created, as records of 2.1 carry none (§4). */
export const stateNumbers = {
  Created: CollectionState.CollectionCreated,
  Creating: CollectionState.CollectionCreating,
  Dropping: CollectionState.CollectionDropping,
  Dropped: CollectionState.CollectionDropped,
} as const satisfies Record<LifecycleState, CollectionState>;

const partitionStateNumbers = {
  Created: PartitionState.PartitionCreated,
  Creating: PartitionState.PartitionCreating,
  Dropping: PartitionState.PartitionDropping,
  Dropped: PartitionState.PartitionDropped,
} as const satisfies Record<LifecycleState, PartitionState>;

function lifecycleStateOf(state: CollectionState | PartitionState): LifecycleState {
  switch (state) {
    case 0:
      return 'Created';
    case 1:
      return 'Creating';
    case 2:
      return 'Dropping';
    case 3:
      return 'Dropped';
    default:
      return unreachable(state);
  }
}

function collectionInfo(record: CollectionRecord, schema: CollectionSchema): CollectionInfo {
  return {
    ...CollectionInfo.fromPartial({}),
    ID: record.id,
    schema,
    createTime: record.createdAt,
    virtualChannelNames: [...record.virtualChannels],
    physicalChannelNames: [...record.physicalChannels],
    shardsNum: record.shardsNum,
    startPositions: [...record.startPositions],
    consistencyLevel: record.consistencyLevel,
    state: stateNumbers[record.state],
    properties: [...record.properties],
    dbId: record.databaseId,
    UpdateTimestamp: record.updatedAt,
    shardInfos: record.lastTruncatedAt.map((at) => ({ lastTruncateTimeTick: at })),
  };
}

function partitionInfo(collectionId: CollectionId, partition: PartitionRecord): PartitionInfo {
  return {
    partitionID: partition.id,
    partitionName: partition.name,
    partitionCreatedTimestamp: partition.createdAt,
    collectionId,
    state: partitionStateNumbers[partition.state],
  };
}

function partitionRecord(info: PartitionInfo): PartitionRecord {
  return {
    id: info.partitionID as PartitionId,
    name: info.partitionName,
    createdAt: info.partitionCreatedTimestamp as Timestamp,
    state: lifecycleStateOf(info.state),
  };
}

function collectionRecord(
  info: CollectionInfo,
  schema: CollectionSchema,
  partitions: readonly PartitionRecord[],
): CollectionRecord {
  return {
    id: info.ID as CollectionId,
    databaseId: info.dbId as DatabaseId,
    name: schema.name,
    state: lifecycleStateOf(info.state),
    schema,
    partitions,
    shardsNum: info.shardsNum,
    virtualChannels: info.virtualChannelNames,
    physicalChannels: info.physicalChannelNames,
    startPositions: info.startPositions,
    consistencyLevel: info.consistencyLevel,
    properties: info.properties,
    createdAt: info.createTime as Timestamp,
    updatedAt: info.UpdateTimestamp as Timestamp,
    lastTruncatedAt: info.shardInfos.map((shard) => shard.lastTruncateTimeTick as Timestamp),
  };
}

/** One partition, for the journal. */
export const encodePartition = (id: CollectionId, partition: PartitionRecord): Uint8Array =>
  PartitionInfo.encode(partitionInfo(id, partition)).finish();

export const decodePartition = (bytes: Uint8Array): PartitionRecord =>
  partitionRecord(PartitionInfo.decode(bytes));

const put = (key: string, value: Uint8Array): Write => ({ kind: 'put', key, value });

/** One partition's own key. */
export const writePartitionKey = (
  keys: CatalogKeys,
  id: CollectionId,
  partition: PartitionRecord,
): Write => put(keys.partition(id, partition.id), encodePartition(id, partition));

/** The collection's own key, children left out (facts/rootcoord §17.2). */
export function writeCollectionKey(keys: CatalogKeys, record: CollectionRecord): Write {
  const schema = { ...record.schema, fields: [], functions: [], structArrayFields: [] };
  const info = collectionInfo(record, schema);
  return put(keys.collection(record.databaseId, record.id), CollectionInfo.encode(info).finish());
}

/** Every child key of the collection: partitions, fields, functions, struct arrays. */
export function childKeys(keys: CatalogKeys, { id, schema, partitions }: CollectionRecord) {
  return [
    ...partitions.map((partition) => keys.partition(id, partition.id)),
    ...schema.fields.map((field) => keys.field(id, field.fieldID as FieldId)),
    ...schema.functions.map((fn) => keys.function(id, fn.id)),
    ...schema.structArrayFields.map((field) => keys.structArrayField(id, field.fieldID as FieldId)),
  ];
}

/** Puts for every child key, in the order of `childKeys`. */
export function writeChildren(keys: CatalogKeys, record: CollectionRecord): Write[] {
  const { id, schema, partitions } = record;
  const values = [
    ...partitions.map((partition) => encodePartition(id, partition)),
    ...schema.fields.map((field) => FieldSchema.encode(field).finish()),
    ...schema.functions.map((fn) => FunctionSchema.encode(fn).finish()),
    ...schema.structArrayFields.map((field) => StructArrayFieldSchema.encode(field).finish()),
  ];
  return childKeys(keys, record).map((key, i) => {
    const value = values[i];
    invariant(value, 'every child key has a value');
    return put(key, value);
  });
}

/**
 * What an alteration writes: the collection's own key, and of its child keys only those whose value
 * is another. A collection that changes databases leaves its old key.
 */
export function writeDifference(
  keys: CatalogKeys,
  before: CollectionRecord,
  after: CollectionRecord,
): Write[] {
  const old = new Map(writeChildren(keys, before).map((write) => [write.key, write]));
  const children = writeChildren(keys, after).filter((write) => {
    const known = old.get(write.key);
    old.delete(write.key);
    return !known || !isSameValue(known, write);
  });
  const gone = [...old.keys()];
  const oldKey = keys.collection(before.databaseId, before.id);
  const own = writeCollectionKey(keys, after);
  if (oldKey !== own.key) gone.push(oldKey);
  return [own, ...children, ...gone.map((key): Write => ({ kind: 'remove', key }))];
}

const isSameValue = (a: Write, b: Write): boolean =>
  a.kind === 'put' && b.kind === 'put' && Buffer.compare(a.value, b.value) === 0;

/** The collection whole, for the journal. */
export function encodeImage(record: CollectionRecord): Uint8Array {
  return CollectionImage.encode({
    info: collectionInfo(record, record.schema),
    partitions: record.partitions.map((partition) => partitionInfo(record.id, partition)),
  }).finish();
}

export function decodeImage(bytes: Uint8Array): CollectionRecord {
  const { info, partitions } = CollectionImage.decode(bytes);
  invariant(info?.schema, 'a collection image holds a schema');
  return collectionRecord(info, info.schema, partitions.map(partitionRecord));
}

/** What was read under one collection's keys, before it is put together. */
export interface CollectionParts {
  readonly info: CollectionInfo;
  readonly partitions: PartitionInfo[];
  readonly fields: FieldSchema[];
  readonly functions: FunctionSchema[];
  readonly structArrayFields: StructArrayFieldSchema[];
}

const byId = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Keys come in text order, so ids have to be put in order again; system fields go last. */
const FIRST_USER_FIELD_ID = 100n;
function fieldOrder(a: FieldSchema, b: FieldSchema): number {
  const aIsUser = a.fieldID >= FIRST_USER_FIELD_ID;
  const bIsUser = b.fieldID >= FIRST_USER_FIELD_ID;
  return aIsUser === bIsUser ? byId(a.fieldID, b.fieldID) : aIsUser ? -1 : 1;
}

/** Puts a stored collection together again, as it was before it was written, to stay in memory. */
export function assembleCollection(parts: CollectionParts): CollectionRecord {
  const stored = parts.info.schema;
  invariant(stored, `collection ${parts.info.ID} is stored with a schema`);
  const schema = {
    ...stored,
    fields: parts.fields.sort(fieldOrder),
    functions: parts.functions.sort((a, b) => byId(a.id, b.id)),
    structArrayFields: parts.structArrayFields.sort((a, b) => byId(a.fieldID, b.fieldID)),
  };
  const partitions = parts.partitions
    .sort((a, b) => byId(a.partitionID, b.partitionID))
    .map(partitionRecord);
  return compactCollection(collectionRecord(parts.info, schema, partitions));
}
