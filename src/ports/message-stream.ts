import type { Position } from '../domain/stream-position.js';

/** One message as it stands on a channel: what consumers of msgstream read (src/root/messages). */
export interface ChannelMessage {
  readonly payload: Uint8Array;
  /**
   * What the record carries beside the payload: `msg_type`, trace context. Names are letters,
   * digits, hyphens, underscores and dots, values printable ASCII without spaces around it.
   */
  readonly properties: Readonly<Record<string, string>>;
}

/** A message and its place in the channel it was read from. */
export interface StoredMessage extends ChannelMessage {
  readonly position: Position;
}

/** Where reading begins. A position is one an append or a read of that channel gave out. */
export type StartAt =
  /** The oldest message kept. */
  | { readonly kind: 'earliest' }
  /** The first message appended from now on. */
  | { readonly kind: 'latest' }
  /** The message at the position itself. */
  | { readonly kind: 'at'; readonly position: Position }
  /** The message behind it. */
  | { readonly kind: 'after'; readonly position: Position };

export interface MessageStreamLimits {
  /** Payload and properties of one message; a larger one is refused as `ParameterTooLarge`. */
  readonly messageBytesMax: number;
  /** Bytes of appends that wait for their turn; the append past it is refused, retriable. */
  readonly queuedBytesMax: number;
  /** Subscriptions of one instance at a time. */
  readonly subscriptionsMax: number;
  /** Readers of one channel that have a position; a further one is refused as `QuotaExceeded`. */
  readonly readersMax: number;
}

/**
 * Physical channels as logs, narrow enough that memory, an embedded library and NATS JetStream can
 * all offer them. A channel's name is 1 to 255 letters, digits, hyphens, underscores and dots.
 *
 * Failures are `CoordError`s: `MessageChannelNotFound` for a channel that was never made or is
 * deleted, `MessageStreamUnavailable` when asking again may help, `ServiceNotReady` once `lost`.
 */
export interface MessageStream {
  readonly limits: MessageStreamLimits;
  /** Aborted once this instance can never append again; who relies on it must stop. */
  readonly lost: AbortSignal;

  /** Makes the channel unless it exists; durable when the promise settles. */
  createChannel(channel: string): Promise<void>;

  /**
   * Removes the channel with its messages and its readers' positions, if it exists. Positions of it
   * mean nothing then.
   */
  deleteChannel(channel: string): Promise<void>;

  /** Names of the channels that start with `prefix`, sorted. */
  channels(prefix: string): Promise<readonly string[]>;

  /**
   * Puts messages at the end of a channel, in their order, and tells where each is; at least one.
   * When the promise settles they are as durable as the adapter makes anything. The order within a
   * channel is the order of the calls, whether or not a caller awaits one before the next. An
   * append that rejects may have left some of its messages, any of them, at their places in that
   * order, and holds back none that were called later; one that is made again may leave them twice,
   * so consumers drop duplicates, as Milvus' do (facts/wire-surface §5.2). Bytes are copied before
   * the call returns.
   */
  append(channel: string, messages: readonly ChannelMessage[]): Promise<readonly Position[]>;

  /** Where the newest message is, also when it is no longer kept; undefined before the first. */
  lastPosition(channel: string): Promise<Position | undefined>;

  /**
   * At most `limit` messages, in order, without waiting for any; fewer are no sign of the end, none
   * is. A start that is no longer kept or never was is `PositionNotRetained`: no reader skips
   * messages without knowing.
   */
  read(channel: string, start: StartAt, limit: number): Promise<readonly StoredMessage[]>;

  /**
   * Every message from `start` on, in order, in pages of at least one, until `signal` aborts or
   * the reader leaves by `break`. The start is fixed when the promise settles; refused as `read`
   * refuses. Little is read ahead of the reader, so a slow one holds up nobody. An outage of a
   * server is waited out. One that falls behind what is kept gets `PositionNotRetained`, one whose
   * channel is deleted `MessageChannelNotFound`.
   */
  subscribe(
    channel: string,
    start: StartAt,
    signal: AbortSignal,
  ): Promise<AsyncIterable<readonly StoredMessage[]>>;

  /**
   * Stores how far a reader has come: to the last message it is done with. It goes on `after` that
   * one. Durable, as appends are, when the promise settles. A reader never moves back: a position
   * at or before the stored one changes nothing, so a repeated or overtaken call does no harm. One
   * the channel has given to no message is `PositionNotRetained`. A reader's name is 1 to 128
   * letters, digits, hyphens, underscores and dots. Any process that reads may store.
   */
  storePosition(channel: string, reader: string, position: Position): Promise<void>;

  /**
   * What the reader stored last, also when that message is no longer kept; reading after it is
   * refused then, so that the reader learns of the gap. Undefined for a reader that stored nothing
   * in this channel, or only before the channel was deleted and made anew.
   */
  storedPosition(channel: string, reader: string): Promise<Position | undefined>;

  /** Forgets the reader's position, if it has one; it may begin anew, anywhere. */
  forgetReader(channel: string, reader: string): Promise<void>;

  /** Forgets every message before the position, which is kept itself. */
  truncate(channel: string, before: Position): Promise<void>;

  /** Waits for appends under way, ends subscriptions, lets go of files and connections. */
  close(): Promise<void>;
}

/** What is forgotten by itself; whatever comes first. The newest messages may be kept longer. */
export interface MessageRetention {
  /** Milliseconds since the append. */
  readonly ageMs: number;
  /** Payload and properties of one channel. */
  readonly bytes: number;
}
