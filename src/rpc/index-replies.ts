import type { IndexStatus } from '../data/indexes/index-reader.js';
import type { IndexProgress } from '../domain/indexes/index-progress.js';
import type { IndexRecord } from '../domain/indexes/index-record.js';
import { fieldNameOf } from '../domain/indexes/indexed-field.js';
import type { CollectionRecord } from '../domain/records.js';
import { IndexState } from '../gen/common.js';
import { IndexInfo } from '../gen/index_coord.js';
import { IndexDescription } from '../gen/milvus.js';

/** An index as coordinators tell each other of it. */
export const indexInfoOf = ({ record, progress }: IndexStatus): IndexInfo => ({
  ...plainIndexInfoOf(record),
  ...numbersOf(progress),
});

/** The same without statistics. */
export const plainIndexInfoOf = (record: IndexRecord): IndexInfo =>
  IndexInfo.fromPartial({
    ...wordsOf(record),
    collectionID: record.collectionId,
    fieldID: record.fieldId,
    typeParams: [...record.typeParams],
    indexParams: [...record.indexParams],
    userIndexParams: [...record.userIndexParams],
    isAutoIndex: record.isAutoIndex,
  });

/** An index as clients see it: with their own words for its params (facts/wire-surface §2.4). */
export const indexDescriptionOf = (
  { schema }: CollectionRecord,
  { record, progress }: IndexStatus,
): IndexDescription =>
  IndexDescription.fromPartial({
    ...wordsOf(record),
    params: [...(record.userIndexParams.length > 0 ? record.userIndexParams : record.indexParams)],
    fieldName: fieldNameOf(schema, record.fieldId),
    ...numbersOf(progress),
  });

const wordsOf = ({ id, name }: IndexRecord) => ({ indexID: id, indexName: name });

const numbersOf = (progress: IndexProgress) => ({
  indexedRows: progress.indexedRows,
  totalRows: progress.totalRows,
  pendingIndexRows: progress.pendingRows,
  state: IndexState[progress.state],
  indexStateFailReason: progress.failReason,
});
