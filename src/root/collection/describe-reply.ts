import type { CollectionRecord } from '../../domain/records.js';
import { publicSchema } from '../../domain/schema/public-schema.js';
import { StatusOk } from '../../domain/status.js';
import { physicalMsOf } from '../../domain/timestamp.js';
import { DescribeCollectionResponse } from '../../gen/milvus.js';

/** `internal` is the whole schema, `public` what a proxy shows to clients. */
export type DescribeView = 'internal' | 'public';

/** What a collection's reply depends on besides its record. */
interface KnownReply {
  readonly aliases: readonly string[];
  readonly databaseName: string;
  readonly bytes: Uint8Array;
}

type Replies = Record<DescribeView, WeakMap<CollectionRecord, KnownReply>>;

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((name, i) => name === b[i]));

/**
 * DescribeCollection answers, encoded once per version of a collection: the most frequent read
 * costs a look-up. Entries go when their record does.
 */
export class DescribeReplies {
  readonly #encoded: Replies = { internal: new WeakMap(), public: new WeakMap() };

  /** The whole successful `DescribeCollectionResponse`, ready for the wire. */
  bytes(
    record: CollectionRecord,
    aliases: readonly string[],
    databaseName: string,
    view: DescribeView,
  ): Uint8Array {
    const known = this.#encoded[view].get(record);
    if (known && known.databaseName === databaseName && isSame(known.aliases, aliases)) {
      return known.bytes;
    }
    const { schema: stored, properties } = record;
    // Coordinators read the properties of a collection in its schema, too (facts/rootcoord §5.4).
    const schema =
      view === 'public' ? publicSchema(stored) : { ...stored, properties: [...properties] };
    const bytes = DescribeCollectionResponse.encode(
      describeCollection({ ...record, schema }, aliases, databaseName),
    ).finish();
    this.#encoded[view].set(record, { aliases, databaseName, bytes });
    return bytes;
  }
}

/** The answer as a message (facts/rootcoord §5.4); times in UTC are milliseconds. */
function describeCollection(
  record: CollectionRecord,
  aliases: readonly string[],
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
    aliases: [...aliases],
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
