import { CoordError, echo } from '../domain/errors.js';
import { invariant } from '../domain/invariant.js';
import { sequenceOf } from '../domain/stream-position.js';
import type {
  ChannelMessage,
  MessageStreamLimits,
  StartAt,
  StoredMessage,
} from '../ports/message-stream.js';

/** One page of a subscription: as many messages as are quick to hand on in one turn. */
export const PAGE_MESSAGES_MAX = 1_000;
/** A page of large messages is cut here, behind at least one of them. */
export const PAGE_BYTES_MAX = 2 ** 20;

/**
 * What nats-server takes by default (1 MiB), less room for headers. Every adapter keeps to it, so
 * that what one stream holds another can take over; the largest legal schema is a quarter of it.
 */
export const MESSAGE_BYTES_MAX = 2 ** 20 - 2 ** 16;

export const DEFAULT_LIMITS: MessageStreamLimits = {
  messageBytesMax: MESSAGE_BYTES_MAX,
  /** A second of the fastest appends seen, and little beside the heap. */
  queuedBytesMax: 64 * 2 ** 20,
  /** Four readers of each of 256 channels, more than Milvus ever makes. */
  subscriptionsMax: 1_024,
  /** Far more than Milvus has of nodes on one channel; every store rewrites them all, some KiB. */
  readersMax: 64,
};

const CHANNEL_NAME = /^[A-Za-z0-9_.-]{1,255}$/;

/** Refuses a name that some message stream could not hold. */
export function checkChannel(channel: string): void {
  if (CHANNEL_NAME.test(channel)) return;
  throw CoordError.invalid(`no name of a channel: "${echo(channel)}"`);
}

/** What a message counts against limits and retention. */
export function bytesOf({ payload, properties }: ChannelMessage): number {
  let bytes = payload.byteLength;
  for (const [key, value] of Object.entries(properties)) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  return bytes;
}

/** An append the caller can no longer change. */
export interface SealedAppend {
  readonly messages: readonly ChannelMessage[];
  readonly bytes: number;
}

/** Checks an append against the port's rules and copies its bytes before the caller goes on. */
export function sealAppend(
  channel: string,
  messages: readonly ChannelMessage[],
  { messageBytesMax }: MessageStreamLimits,
): SealedAppend {
  checkChannel(channel);
  invariant(messages.length > 0, 'an append has at least one message');
  let total = 0;
  for (const message of messages) {
    checkProperties(message.properties);
    const bytes = bytesOf(message);
    if (bytes > messageBytesMax) throw messageTooLarge(channel, bytes, messageBytesMax);
    total += bytes;
  }
  return { messages: messages.map(copyOf), bytes: total };
}

const PROPERTY_NAME = /^[A-Za-z0-9_.-]+$/;
const PROPERTY_VALUE = /^(?! )[ -~]*(?<! )$/;

/** Properties travel as headers where the stream is a server. */
function checkProperties(properties: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(properties)) {
    invariant(PROPERTY_NAME.test(name), `a property has a plain name: "${echo(name)}"`);
    invariant(PROPERTY_VALUE.test(value), `a property is one line of ASCII: "${echo(value)}"`);
  }
}

const copyOf = ({ payload, properties }: ChannelMessage): ChannelMessage => ({
  payload: Uint8Array.from(payload),
  properties: { ...properties },
});

/** The sequence numbers of the messages a channel holds: `first` up to, not including, `next`. */
export interface ChannelBounds {
  readonly first: number;
  readonly next: number;
}

/** Sequence number of the first message a reader wants. */
export function sequenceOfStart(channel: string, start: StartAt, bounds: ChannelBounds): number {
  switch (start.kind) {
    case 'earliest':
      return bounds.first;
    case 'latest':
      return bounds.next;
    case 'at':
      return withinBounds(channel, sequenceOf(start.position), bounds);
    case 'after':
      return withinBounds(channel, sequenceOf(start.position) + 1, bounds);
  }
}

function withinBounds(channel: string, sequence: number, { first, next }: ChannelBounds): number {
  if (sequence >= first && sequence <= next) return sequence;
  throw positionNotRetained(channel, sequence, { first, next });
}

/** How many of `messages` fit one page; at least one. */
export function fittingPage(messages: readonly StoredMessage[], limit: number): StoredMessage[] {
  const page: StoredMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (page.length >= limit || bytes >= PAGE_BYTES_MAX) break;
    page.push(message);
    bytes += message.payload.byteLength;
  }
  return page;
}

export const channelNotFound = (channel: string): CoordError =>
  CoordError.of('MessageChannelNotFound', { topic: channel });

export const positionNotRetained = (
  channel: string,
  sequence: number,
  { first, next }: ChannelBounds,
): CoordError => CoordError.of('PositionNotRetained', { topic: channel, sequence, first, next });

const messageTooLarge = (channel: string, bytes: number, bytesMax: number): CoordError => {
  const reason = `a message of ${bytes} bytes exceeds the ${bytesMax} bytes of a channel`;
  return new CoordError('ParameterTooLarge', `${reason}: ${channel}`);
};

/** The append came while too many bytes were waiting; nothing of it was written. */
export const queueIsFull = ({ queuedBytesMax }: MessageStreamLimits): CoordError =>
  new CoordError(
    'MessageStreamUnavailable',
    `more than ${queuedBytesMax} bytes wait to be appended`,
  );

export const tooManySubscriptions = ({ subscriptionsMax }: MessageStreamLimits): CoordError =>
  new CoordError('MessageStreamUnavailable', `more than ${subscriptionsMax} subscriptions at once`);

/** The stream answers nobody after `close`. */
export const streamIsClosed = (): CoordError =>
  new CoordError('MessageStreamUnavailable', 'the message stream is closed');

/** This instance takes no more appends, whoever asks. */
export const streamIsLost = (reason: string, cause?: unknown): CoordError =>
  new CoordError('ServiceNotReady', `the message stream takes no more appends: ${reason}`, {
    cause,
  });
