import type { CollectionId, FieldId, IndexId } from '../../domain/ids.js';
import { plainPairs } from '../../domain/indexes/index-params.js';
import type { IndexRecord } from '../../domain/indexes/index-record.js';
import type { Timestamp } from '../../domain/timestamp.js';
import { FieldIndex, IndexInfo } from '../../gen/index_coord.js';

/** The record as a FieldIndex under its key (facts/datacoord §16.1). */
export function encodeIndex(record: IndexRecord, { deleted = false } = {}): Uint8Array {
  return FieldIndex.encode(
    FieldIndex.fromPartial({ indexInfo: infoOf(record), deleted, createTime: record.createdAt }),
  ).finish();
}

/** Undefined for one that is deleted: only its garbage is left. */
export function decodeIndex(bytes: Uint8Array): IndexRecord | undefined {
  const { indexInfo, deleted, createTime } = FieldIndex.decode(bytes);
  if (deleted || !indexInfo) return undefined;
  return {
    id: indexInfo.indexID as IndexId,
    collectionId: indexInfo.collectionID as CollectionId,
    fieldId: indexInfo.fieldID as FieldId,
    name: indexInfo.indexName,
    typeParams: plainPairs(indexInfo.typeParams),
    indexParams: plainPairs(indexInfo.indexParams),
    userIndexParams: plainPairs(indexInfo.userIndexParams),
    isAutoIndex: indexInfo.isAutoIndex,
    createdAt: createTime as Timestamp,
  };
}

/** The part of an IndexInfo that does not depend on segments. */
const infoOf = (record: IndexRecord): IndexInfo =>
  IndexInfo.fromPartial({
    collectionID: record.collectionId,
    fieldID: record.fieldId,
    indexName: record.name,
    indexID: record.id,
    typeParams: [...record.typeParams],
    indexParams: [...record.indexParams],
    userIndexParams: [...record.userIndexParams],
    isAutoIndex: record.isAutoIndex,
  });
