import type { KeyValuePair } from '../../gen/common.js';
import type { CollectionId, FieldId, IndexId } from '../ids.js';
import type { Timestamp } from '../timestamp.js';

/** What makes an index what it is, worked out of a request; code and facts: facts/datacoord §16. */
export interface IndexDefinition {
  readonly fieldId: FieldId;
  /** Empty: DataCoord names the index. */
  readonly name: string;
  /** Those of the field, such as its dimension. */
  readonly typeParams: readonly KeyValuePair[];
  /** What the index is built with; flat, automatic choices filled in. */
  readonly indexParams: readonly KeyValuePair[];
  /** What the user said, as they said it; this is what a description repeats. */
  readonly userIndexParams: readonly KeyValuePair[];
  /** The type of the index was left to the server. */
  readonly isAutoIndex: boolean;
  /** The metric of an automatic index was the user's choice. */
  readonly isMetricGiven: boolean;
}

/** An index of one field as the catalog holds it. Immutable: a change makes a new record. */
export interface IndexRecord
  extends Pick<IndexDefinition, 'fieldId' | 'name' | 'typeParams' | 'indexParams' | 'isAutoIndex'> {
  readonly id: IndexId;
  readonly collectionId: CollectionId;
  readonly userIndexParams: readonly KeyValuePair[];
  readonly createdAt: Timestamp;
}
