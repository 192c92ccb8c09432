import type { CollectionRecord } from '../../domain/records.js';
import { publicSchema } from '../../domain/schema/public-schema.js';
import { StatusOk } from '../../domain/status.js';
import { physicalMsOf } from '../../domain/timestamp.js';
import { DescribeCollectionResponse } from '../../gen/milvus.js';

/** `internal` is the whole schema, `public` what a proxy shows to clients. */
export type DescribeView = 'internal' | 'public';

type Replies = Record<DescribeView, WeakMap<CollectionRecord, Uint8Array>>;

/**
 * DescribeCollection answers, encoded once per version of a collection: the most frequent read
 * costs a look-up. Entries go when their record does.
 */
export class DescribeReplies {
  readonly #encoded: Replies = { internal: new WeakMap(), public: new WeakMap() };

  /** The whole successful `DescribeCollectionResponse`, ready for the wire. */
  bytes(record: CollectionRecord, databaseName: string, view: DescribeView): Uint8Array {
    const known = this.#encoded[view].get(record);
    if (known) return known;
    const { schema: stored, properties } = record;
    // Coordinators read the properties of a collection in its schema, too (facts/rootcoord §5.4).
    const schema =
      view === 'public' ? publicSchema(stored) : { ...stored, properties: [...properties] };
    const bytes = DescribeCollectionResponse.encode(
      describeCollection({ ...record, schema }, databaseName),
    ).finish();
    this.#encoded[view].set(record, bytes);
    return bytes;
  }
}

/** The answer as a message (facts/rootcoord §5.4); times in UTC are milliseconds. */
function describeCollection(
  record: CollectionRecord,
  databaseName: string,
): DescribeCollectionResponse {
  return {
    status: StatusOk,
    schema: record.schema,
    collectionID: record.id,
    virtualChannelNames: [...record.virtualChannels],
    physicalChannelNames: [...record.physicalChannels],
    createdTimestamp: record.createdAt,
    createdUtcTimestamp: BigInt(physicalMsOf(record.createdAt)),
    shardsNum: record.shardsNum,
    aliases: [],
    startPositions: [...record.startPositions],
    consistencyLevel: record.consistencyLevel,
    collectionName: record.name,
    properties: [...record.properties],
    dbName: databaseName,
    numPartitions: BigInt(record.partitions.filter(({ state }) => state === 'Created').length),
    dbId: record.databaseId,
    requestTime: 0n,
    updateTimestamp: record.updatedAt,
    updateTimestampStr: record.updatedAt.toString(),
  };
}
