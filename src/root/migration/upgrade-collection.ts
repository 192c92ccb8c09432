import type { CollectionId, DatabaseId, FieldId, PartitionId } from '../../domain/ids.js';
import { CollectionInfo, PartitionInfo, PartitionState } from '../../gen/etcd_meta.js';
import {
  type CollectionSchema,
  FieldSchema,
  FunctionSchema,
  StructArrayFieldSchema,
} from '../../gen/schema.js';
import type { KeyValue, Write } from '../../ports/meta-store.js';
import type { CatalogKeys } from '../catalog/keys.js';
import type { OldKeys } from './old-keys.js';
import { damaged, decodeStored } from './stored-value.js';

/** A stored collection that says what every release says of one. */
export interface StoredCollection {
  readonly key: string;
  readonly info: CollectionInfo;
  readonly schema: CollectionSchema;
}

/** What a collection becomes in today's layout. */
export interface UpgradedCollection {
  /** Partitions, fields, functions, struct arrays; they go first. */
  readonly children: readonly Write[];
  /** The collection's own key and what has to arrive together with it. */
  readonly completing: readonly Write[];
}

/** @throws CoordError naming the key when the value is no collection of this id. */
export function readCollection(row: KeyValue, id: bigint): StoredCollection {
  const info = decodeStored(CollectionInfo, row);
  const { schema } = info;
  if (info.ID !== id) throw damaged(row.key, `it holds a collection with id ${info.ID}`);
  if (!schema || schema.name === '') throw damaged(row.key, 'the collection has no name');
  return { key: row.key, info, schema };
}

/** True for records of today's layout that carry what only older ones do. */
export const isOutdated = ({ info, schema }: StoredCollection, databaseId: bigint): boolean =>
  info.dbId !== databaseId ||
  info.partitionIDs.length > 0 ||
  info.partitionNames.length > 0 ||
  info.partitionCreatedTimestamps.length > 0 ||
  info.fieldIndexes.length > 0 ||
  (info.shardsNum === 0 && info.virtualChannelNames.length > 0) ||
  schema.fields.length > 0 ||
  schema.functions.length > 0 ||
  schema.structArrayFields.length > 0;

/** Splits an embedded record into the keys of 2.2 and later (facts/rootcoord §17.2). */
export function upgradeCollection(
  keys: CatalogKeys,
  oldKeys: OldKeys,
  collection: StoredCollection,
  databaseId: DatabaseId,
): UpgradedCollection {
  const { info } = collection;
  const { fieldIndexes } = info;
  const id = info.ID as CollectionId;
  const record = put(
    keys.collection(databaseId, id),
    CollectionInfo.encode(bareRecord(collection, databaseId)).finish(),
  );
  const indexes = put(
    `${oldKeys.fieldIndexes}${id}`,
    CollectionInfo.encode(CollectionInfo.fromPartial({ ID: id, fieldIndexes })).finish(),
  );
  const children = [...partitionWrites(keys, collection), ...schemaWrites(keys, collection)];
  checkKeysDiffer(collection.key, children);
  return { children, completing: fieldIndexes.length > 0 ? [record, indexes] : [record] };
}

/** The record without what became keys of its own; channel names stand as they were. */
function bareRecord({ info, schema }: StoredCollection, databaseId: DatabaseId): CollectionInfo {
  return {
    ...info,
    schema: { ...schema, fields: [], functions: [], structArrayFields: [] },
    partitionIDs: [],
    partitionNames: [],
    partitionCreatedTimestamps: [],
    fieldIndexes: [],
    shardsNum: info.shardsNum === 0 ? info.virtualChannelNames.length : info.shardsNum,
    dbId: databaseId,
  };
}

function partitionWrites(keys: CatalogKeys, { key, info }: StoredCollection): Write[] {
  const { partitionIDs, partitionNames, partitionCreatedTimestamps: times } = info;
  if (partitionNames.length !== partitionIDs.length) {
    throw damaged(key, `${partitionIDs.length} partitions have ${partitionNames.length} names`);
  }
  // Records older than the list of times have none; the partition is as old as its collection.
  if (times.length !== 0 && times.length !== partitionIDs.length) {
    throw damaged(key, `${partitionIDs.length} partitions have ${times.length} creation times`);
  }
  const collectionId = info.ID as CollectionId;
  return partitionIDs.map((partitionID, i) => {
    const partition = PartitionInfo.fromPartial({
      partitionID,
      partitionName: partitionNames[i] ?? '',
      partitionCreatedTimestamp: times[i] ?? info.createTime,
      collectionId,
      state: PartitionState.PartitionCreated,
    });
    const bytes = PartitionInfo.encode(partition).finish();
    return put(keys.partition(collectionId, partitionID as PartitionId), bytes);
  });
}

function schemaWrites(keys: CatalogKeys, { info, schema }: StoredCollection): Write[] {
  const id = info.ID as CollectionId;
  return [
    ...schema.fields.map((field) =>
      put(keys.field(id, field.fieldID as FieldId), FieldSchema.encode(field).finish()),
    ),
    ...schema.functions.map((fn) =>
      put(keys.function(id, fn.id), FunctionSchema.encode(fn).finish()),
    ),
    ...schema.structArrayFields.map((field) =>
      put(
        keys.structArrayField(id, field.fieldID as FieldId),
        StructArrayFieldSchema.encode(field).finish(),
      ),
    ),
  ];
}

/** Two children of one id would silently become one. */
function checkKeysDiffer(key: string, children: readonly Write[]): void {
  if (new Set(children.map((child) => child.key)).size === children.length) return;
  throw damaged(key, 'two of its partitions, fields or functions have the same id');
}

const put = (key: string, value: Uint8Array): Write => ({ kind: 'put', key, value });
