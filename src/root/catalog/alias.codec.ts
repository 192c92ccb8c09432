import type { CollectionId, DatabaseId } from '../../domain/ids.js';
import type { AliasRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import { AliasInfo, AliasState } from '../../gen/etcd_meta.js';

export function encodeAlias(record: AliasRecord): Uint8Array {
  return AliasInfo.encode({
    aliasName: record.name,
    collectionId: record.collectionId,
    createdTime: record.createdAt,
    state: AliasState.AliasCreated,
    dbId: record.databaseId,
  }).finish();
}

export function decodeAlias(bytes: Uint8Array): AliasRecord {
  const info = AliasInfo.decode(bytes);
  return {
    databaseId: info.dbId as DatabaseId,
    name: info.aliasName,
    collectionId: info.collectionId as CollectionId,
    createdAt: info.createdTime as Timestamp,
  };
}
