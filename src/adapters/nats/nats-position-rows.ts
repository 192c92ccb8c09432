import {
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import type { PositionRow, PositionRows } from '../position-keeper.js';
import {
  decodePositions,
  encodePositions,
  NO_READERS,
  type ReaderPositions,
} from '../reader-positions.js';
import { type NatsChannels, POSITIONS_STREAM, streamNameOf } from './nats-channels.js';
import {
  isStreamMissing,
  isStreamThere,
  isWrongLastSequence,
  natsFailure,
} from './nats-failures.js';

/** Says which channel of that name the row is about. */
const CHANNEL_ID_HEADER = 'channel-id';

const subjectOf = (channel: string): string => `${POSITIONS_STREAM}.${streamNameOf(channel)}`;

/** The newest message about one channel. */
interface Row {
  readonly sequence: number;
  readonly channelId: string;
  readonly text: string;
}

/**
 * Positions of readers in one stream of their own: a subject per channel whose only message holds
 * them all. A message replaces the one it was made from and no other, because JetStream compares
 * the subject's last sequence number. Each names the channel by the time it was made, so that what
 * a crash leaves of a deleted one counts for nothing.
 */
export class NatsPositionRows implements PositionRows {
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #channels: NatsChannels;
  readonly #replicas: number;
  #stream: Promise<void> | undefined;

  constructor(
    client: JetStreamClient,
    manager: JetStreamManager,
    channels: NatsChannels,
    replicas: number,
  ) {
    this.#client = client;
    this.#manager = manager;
    this.#channels = channels;
    this.#replicas = replicas;
  }

  /** The row first: one that is older than the channel it is compared with cannot be replaced. */
  async load(channel: string): Promise<PositionRow> {
    const row = await this.#find(channel);
    const { bounds, createdAt } = await this.#channels.state(channel);
    const readers = row?.channelId === createdAt ? decodePositions(row.text) : NO_READERS;
    return { bounds, readers, version: row?.sequence ?? 0, channelId: createdAt };
  }

  async save(channel: string, row: PositionRow, after: ReaderPositions): Promise<boolean> {
    this.#stream ??= this.#makeStream();
    const about = headers();
    about.set(CHANNEL_ID_HEADER, row.channelId);
    try {
      await this.#stream;
      await this.#client.publish(subjectOf(channel), encodePositions(after), {
        headers: about,
        expect: { streamName: POSITIONS_STREAM, lastSubjectSequence: row.version },
      });
      return true;
    } catch (error) {
      if (isWrongLastSequence(error)) return false;
      // Somebody may have removed the stream; the next save makes it again.
      this.#stream = undefined;
      throw natsFailure(error);
    }
  }

  /**
   * Runs the deletion of a channel and removes its row then: exactly the one of before, for the
   * channel may be there anew.
   */
  async removeWith(channel: string, deletion: () => Promise<void>): Promise<void> {
    const row = await this.#find(channel);
    await deletion();
    if (row === undefined) return;
    // A row that stays, or was gone already, is about no channel that is.
    await this.#manager.streams.deleteMessage(POSITIONS_STREAM, row.sequence).catch(() => false);
  }

  async #find(channel: string): Promise<Row | undefined> {
    try {
      const query = { last_by_subj: subjectOf(channel) };
      const found = await this.#manager.streams.getMessage(POSITIONS_STREAM, query);
      if (found === null) return undefined;
      return {
        sequence: found.seq,
        channelId: found.header.get(CHANNEL_ID_HEADER),
        text: found.string(),
      };
    } catch (error) {
      if (isStreamMissing(error)) return undefined;
      throw natsFailure(error);
    }
  }

  async #makeStream(): Promise<void> {
    try {
      await this.#manager.streams.add({
        name: POSITIONS_STREAM,
        subjects: [`${POSITIONS_STREAM}.*`],
        storage: StorageType.File,
        retention: RetentionPolicy.Limits,
        discard: DiscardPolicy.Old,
        max_msgs_per_subject: 1,
        num_replicas: this.#replicas,
      });
    } catch (error) {
      // Its replicas may be another's choice.
      if (!isStreamThere(error)) throw error;
    }
  }
}
