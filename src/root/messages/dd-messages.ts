import type { CollectionRecord, DatabaseRecord, PartitionRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import { MsgBase, MsgType } from '../../gen/common.js';
import {
  CreateCollectionRequest,
  CreatePartitionRequest,
  DropCollectionRequest,
  DropPartitionRequest,
  TimeTickMsg,
} from '../../gen/msg.js';
import { CollectionSchema } from '../../gen/schema.js';
import type { ChannelMessage } from '../../ports/message-stream.js';
import { encodeChannelMsg } from './channel-msg.js';

/** What is common to every message of one DDL. */
export interface MessageOrigin {
  /** The DDL's timestamp; the channel's tick passes it only afterwards. */
  readonly timestamp: Timestamp;
  /** The same whenever the message is sent again: readers drop what they had (facts §5.2). */
  readonly msgId: bigint;
  /** Server id of the RootCoord that sends it. */
  readonly sourceId: bigint;
}

/** What a message says of the collection it is about. */
export interface CollectionSubject {
  readonly database: Pick<DatabaseRecord, 'id' | 'name'>;
  readonly collection: CollectionRecord;
}

const baseOf = (msgType: MsgType, { timestamp, msgId, sourceId }: MessageOrigin): MsgBase =>
  MsgBase.fromPartial({ msgType, msgID: msgId, timestamp, sourceID: sourceId });

/**
 * A new collection with its schema, system fields included (facts/rootcoord §11.3). The single
 * partition of readers up to 2.2 is its first.
 */
export function createCollectionMessage(
  origin: MessageOrigin,
  { database, collection }: CollectionSubject,
): ChannelMessage {
  const [first] = collection.partitions;
  const body = CreateCollectionRequest.fromPartial({
    base: baseOf(MsgType.CreateCollection, origin),
    dbName: database.name,
    dbID: database.id,
    collectionName: collection.name,
    collectionID: collection.id,
    ...(first && { partitionName: first.name, partitionID: first.id }),
    schema: CollectionSchema.encode(collection.schema).finish(),
    virtualChannelNames: [...collection.virtualChannels],
    physicalChannelNames: [...collection.physicalChannels],
    partitionIDs: collection.partitions.map(({ id }) => id),
    partitionNames: collection.partitions.map(({ name }) => name),
  });
  return encodeChannelMsg({ type: 'CreateCollection', body });
}

export function dropCollectionMessage(
  origin: MessageOrigin,
  subject: CollectionSubject,
): ChannelMessage {
  const body = DropCollectionRequest.fromPartial({
    base: baseOf(MsgType.DropCollection, origin),
    dbName: subject.database.name,
    dbID: subject.database.id,
    collectionName: subject.collection.name,
    collectionID: subject.collection.id,
  });
  return encodeChannelMsg({ type: 'DropCollection', body });
}

/** The fields both partition messages have, under the same numbers. */
const partitionFields = (
  { database, collection }: CollectionSubject,
  partition: Pick<PartitionRecord, 'id' | 'name'>,
) => ({
  dbName: database.name,
  dbID: database.id,
  collectionName: collection.name,
  collectionID: collection.id,
  partitionName: partition.name,
  partitionID: partition.id,
});

export function createPartitionMessage(
  origin: MessageOrigin,
  subject: CollectionSubject,
  partition: Pick<PartitionRecord, 'id' | 'name'>,
): ChannelMessage {
  const base = baseOf(MsgType.CreatePartition, origin);
  const body = CreatePartitionRequest.fromPartial({ base, ...partitionFields(subject, partition) });
  return encodeChannelMsg({ type: 'CreatePartition', body });
}

export function dropPartitionMessage(
  origin: MessageOrigin,
  subject: CollectionSubject,
  partition: Pick<PartitionRecord, 'id' | 'name'>,
): ChannelMessage {
  const base = baseOf(MsgType.DropPartition, origin);
  const body = DropPartitionRequest.fromPartial({ base, ...partitionFields(subject, partition) });
  return encodeChannelMsg({ type: 'DropPartition', body });
}

/** The channel is safe up to `timestamp`: nothing at or before it comes behind this message. */
export function timeTickMessage(timestamp: Timestamp, sourceId: bigint): ChannelMessage {
  const base = baseOf(MsgType.TimeTick, { timestamp, msgId: 0n, sourceId });
  return encodeChannelMsg({ type: 'TimeTick', body: TimeTickMsg.fromPartial({ base }) });
}
