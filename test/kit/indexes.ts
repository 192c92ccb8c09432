import type { CollectionId, FieldId, IndexId } from '../../src/domain/ids.js';
import type { IndexDefinition, IndexRecord } from '../../src/domain/indexes/index-record.js';
import type { Timestamp } from '../../src/domain/timestamp.js';
import { pairs } from './schemas.js';

/** Indexes for tests: a test says what differs. */

const HNSW = pairs({ index_type: 'HNSW', metric_type: 'L2', M: 8 });

/** An HNSW of field 101, whose dimension is 8. */
export const aDefinition = (changes: Partial<IndexDefinition> = {}): IndexDefinition => ({
  fieldId: 101n as FieldId,
  name: '',
  typeParams: pairs({ dim: 8 }),
  indexParams: HNSW,
  userIndexParams: HNSW,
  isAutoIndex: false,
  isMetricGiven: true,
  ...changes,
});

/** The same as it stands in the catalog, under the name `vector`. */
export const anIndex = (changes: Partial<IndexRecord> = {}): IndexRecord => ({
  id: 500n as IndexId,
  collectionId: 100n as CollectionId,
  fieldId: 101n as FieldId,
  name: 'vector',
  typeParams: pairs({ dim: 8 }),
  indexParams: HNSW,
  userIndexParams: HNSW,
  isAutoIndex: false,
  createdAt: 3_000n as Timestamp,
  ...changes,
});
