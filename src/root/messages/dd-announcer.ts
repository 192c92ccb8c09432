import type { PartitionSubject } from '../../../machines/root/partition.machine.js';
import { isKind } from '../../domain/errors.js';
import { invariant } from '../../domain/invariant.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { KeyDataPair } from '../../gen/common.js';
import type { ChannelMessage, MessageStream } from '../../ports/message-stream.js';
import type { Catalog } from '../catalog/catalog.js';
import {
  type CollectionSubject,
  createCollectionMessage,
  createPartitionMessage,
  dropCollectionMessage,
  dropPartitionMessage,
  type MessageOrigin,
} from './dd-messages.js';
import type { DdTimeline } from './dd-timeline.js';

/** Tells how far the channels have come; `passed` settles when all of them are there. */
export interface TickProgress {
  passed(channels: readonly string[], at: Timestamp, signal: AbortSignal): Promise<void>;
}

export interface DdAnnouncerDeps {
  readonly stream: MessageStream;
  readonly timeline: DdTimeline;
  readonly catalog: Catalog;
  readonly ticks: TickProgress;
  /** Server id of this RootCoord. */
  readonly sourceId: bigint;
}

/**
 * DD messages on every physical channel of their collection (facts/rootcoord §11.3). Each may be
 * sent again after a crash: its msgID follows from the record, so that readers know it again. A
 * create is never sent again, its collection is undone; a drop gets a new timestamp each time, as
 * ticks may have passed the old one.
 */
export class DdAnnouncer {
  readonly #deps: DdAnnouncerDeps;

  constructor(deps: DdAnnouncerDeps) {
    this.#deps = deps;
  }

  /** @returns the record with the places of the message, where readers of the collection begin. */
  async createCollection(collection: CollectionRecord): Promise<CollectionRecord> {
    const { createdAt } = collection;
    const message = createCollectionMessage(this.#created(createdAt), this.#subject(collection));
    const startPositions = await this.#deps.timeline.speak(createdAt, () =>
      this.#broadcast(collection, message),
    );
    return { ...collection, startPositions };
  }

  async createPartition({ collection, partition }: PartitionSubject): Promise<void> {
    const origin = this.#created(partition.createdAt);
    const message = createPartitionMessage(origin, this.#subject(collection), partition);
    await this.#deps.timeline.speak(partition.createdAt, () =>
      this.#broadcast(collection, message),
    );
  }

  /** Settles when the ticks have passed the message: whoever reads in order has seen it then. */
  dropCollection(collection: CollectionRecord, signal: AbortSignal): Promise<void> {
    return this.#drop(collection, signal, (timestamp) =>
      dropCollectionMessage(
        this.#origin(timestamp, dropMessageId(collection.id)),
        this.#subject(collection),
      ),
    );
  }

  dropPartition({ collection, partition }: PartitionSubject, signal: AbortSignal): Promise<void> {
    return this.#drop(collection, signal, (timestamp) =>
      dropPartitionMessage(
        this.#origin(timestamp, dropMessageId(partition.id)),
        this.#subject(collection),
        partition,
      ),
    );
  }

  async #drop(
    collection: CollectionRecord,
    signal: AbortSignal,
    messageAt: (timestamp: Timestamp) => ChannelMessage,
  ): Promise<void> {
    const { timeline, ticks } = this.#deps;
    const sentAt = await timeline.speakNow(async (timestamp) => {
      const message = messageAt(timestamp);
      const appends = channelsOf(collection).map((channel) => this.#append(channel, message));
      await Promise.all(appends.map((append) => append.catch(toleratesNoChannel)));
      return timestamp;
    });
    await ticks.passed(collection.physicalChannels, sentAt, signal);
  }

  /** Every append is made before the first is awaited: that keeps the order on each channel. */
  #broadcast(collection: CollectionRecord, message: ChannelMessage): Promise<KeyDataPair[]> {
    return Promise.all(channelsOf(collection).map((channel) => this.#append(channel, message)));
  }

  async #append(key: string, message: ChannelMessage): Promise<KeyDataPair> {
    const [data] = await this.#deps.stream.append(key, [message]);
    invariant(data, 'an append tells the place of each message');
    return { key, data };
  }

  /** A timestamp belongs to one DDL alone, and so to one message of this kind. */
  #created(timestamp: Timestamp): MessageOrigin {
    return this.#origin(timestamp, timestamp);
  }

  #origin(timestamp: Timestamp, msgId: bigint): MessageOrigin {
    return { timestamp, msgId, sourceId: this.#deps.sourceId };
  }

  /** A database may go before the last of its dropped collections has; then it has no name. */
  #subject(collection: CollectionRecord): CollectionSubject {
    const id = collection.databaseId;
    const { name = '' } = this.#deps.catalog.databaseById(id) ?? {};
    return { collection, database: { id, name } };
  }
}

const channelsOf = ({ physicalChannels }: CollectionRecord): string[] => [
  ...new Set(physicalChannels),
];

/** A channel somebody deleted has no readers; without this its collections could never go. */
function toleratesNoChannel(caught: unknown): void {
  if (!isKind(caught, 'MessageChannelNotFound')) throw caught;
}

/** What lifecycles ask of it. */
export type Announcer = Pick<DdAnnouncer, keyof DdAnnouncer>;

/** Below zero, where no timestamp is: a create of the same object is another message. */
const dropMessageId = (objectId: bigint): bigint => -objectId;
