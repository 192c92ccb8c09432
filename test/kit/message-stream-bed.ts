import { afterEach, beforeEach } from 'vitest';
import { sequenceOf } from '../../src/domain/stream-position.js';
import type {
  ChannelMessage,
  MessageRetention,
  MessageStream,
  MessageStreamLimits,
  StartAt,
  StoredMessage,
} from '../../src/ports/message-stream.js';

export interface OpenStreamOptions {
  readonly retention?: MessageRetention;
  readonly limits?: Partial<MessageStreamLimits>;
}

/** One stream's data, and as many instances over it as a test asks for. */
export interface MessageStreamHarness {
  /** An instance as another process would open it. */
  open(options?: OpenStreamOptions): Promise<MessageStream>;
  /** Closes what was opened and removes the data. */
  dispose(): Promise<void>;
}

/** Nothing is forgotten in the time of a test. */
export const KEEP_ALL: MessageRetention = { ageMs: 3_600_000, bytes: 2 ** 30 };

/** Every test's channels start with this; a server is shared by tests. */
const CHANNEL_PREFIX = 'by-dev-rootcoord-dml';
let tests = 0;

/** A message whose payload is the text. */
export const message = (text: string): ChannelMessage => ({
  payload: Buffer.from(text),
  properties: {},
});

export const textOf = ({ payload }: ChannelMessage): string => Buffer.from(payload).toString();

/** `m1` … `m<count>`. */
export const numbered = (count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, index) => `m${from + index}`);

/** What a test of the contract stands on: fresh data, one open instance, one channel in it. */
export class MessageStreamBed {
  readonly harness: MessageStreamHarness;
  readonly stream: MessageStream;
  /** Starts every channel of this test. */
  readonly prefix: string;
  readonly channel: string;
  /** Ends every subscription of this test. */
  readonly over = new AbortController();

  constructor(harness: MessageStreamHarness, stream: MessageStream, prefix: string) {
    this.harness = harness;
    this.stream = stream;
    this.prefix = prefix;
    this.channel = `${prefix}_0`;
  }

  /** Appends texts in one call; the sequence numbers they got. */
  async append(...texts: string[]): Promise<number[]> {
    const positions = await this.stream.append(this.channel, texts.map(message));
    return positions.map(sequenceOf);
  }

  /** The texts from a start on, as many as `limit`, read page by page. */
  /** Page after page, for a page says nothing about the end. */
  async readAll(start: StartAt, limit = 1_000, of = this.stream): Promise<StoredMessage[]> {
    const read: StoredMessage[] = [];
    let next = start;
    while (read.length < limit) {
      const page = await of.read(this.channel, next, limit - read.length);
      const last = page.at(-1);
      if (last === undefined) break;
      read.push(...page);
      next = { kind: 'after', position: last.position };
    }
    return read;
  }

  async readTexts(start: StartAt, limit?: number): Promise<string[]> {
    return (await this.readAll(start, limit)).map(textOf);
  }

  subscribe(start: StartAt, of = this.stream): Promise<AsyncIterable<readonly StoredMessage[]>> {
    return of.subscribe(this.channel, start, this.over.signal);
  }
}

/** The first `count` messages of a subscription; it is left then. */
export async function take(
  pages: AsyncIterable<readonly StoredMessage[]>,
  count: number,
): Promise<StoredMessage[]> {
  const taken: StoredMessage[] = [];
  for await (const page of pages) {
    taken.push(...page);
    if (taken.length >= count) break;
  }
  return taken;
}

export async function takeTexts(
  pages: AsyncIterable<readonly StoredMessage[]>,
  count: number,
): Promise<string[]> {
  return (await take(pages, count)).map(textOf);
}

/** Gives every test of the surrounding block a bed of its own. */
export function useMessageBed(start: () => Promise<MessageStreamHarness>): () => MessageStreamBed {
  let bed: MessageStreamBed | undefined;

  beforeEach(async () => {
    const harness = await start();
    tests += 1;
    bed = new MessageStreamBed(harness, await harness.open(), `${CHANNEL_PREFIX}.${tests}`);
    await bed.stream.createChannel(bed.channel);
  });

  afterEach(async () => {
    bed?.over.abort();
    await bed?.harness.dispose();
  });

  return () => {
    if (bed === undefined) throw new Error('a bed is made before each test');
    return bed;
  };
}
