import type { ChannelMessage } from '../../ports/message-stream.js';
import { bytesOf } from '../message-stream-rules.js';
import { encodeBlock, type Frame, frameOf } from './block-codec.js';
import { blockKey } from './block-key.js';
import { type ChannelRecord, type MessageTables, nextAfter } from './message-tables.js';

/** A reader copies a whole block for one message of it, so a large group makes several. */
const BLOCK_BYTES_MAX = 256 * 1024;

/** Where a channel's next message goes; known to the writer alone, who moves it. */
export interface ChannelHead {
  readonly id: number;
  first: number;
  next: number;
  /** Bytes appended since there is the channel. */
  offset: number;
}

/** Reads where every channel stands; done once, when writing begins. */
export function loadHeads(tables: MessageTables): Map<string, ChannelHead> {
  const heads = new Map<string, ChannelHead>();
  for (const [channel, record] of tables.records()) {
    const newest = tables.newestBlock(record.id);
    const next = nextAfter(record, newest);
    heads.set(channel, { ...record, next, offset: newest?.endOffset ?? 0 });
  }
  return heads;
}

export const recordOf = ({ id, first }: ChannelHead): ChannelRecord => ({ id, first });

/** A block to be stored. */
export interface BlockPut {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Gathers what one commit appends to one channel. */
export class BlockBuilder {
  readonly #head: ChannelHead;
  readonly #appendedAtMs: number;
  readonly #puts: BlockPut[] = [];
  #frames: Frame[] = [];
  #bytes = 0;

  constructor(head: ChannelHead, appendedAtMs: number) {
    this.#head = head;
    this.#appendedAtMs = appendedAtMs;
  }

  /** Sequence number the message got. */
  add(message: ChannelMessage): number {
    const sequence = this.#head.next;
    this.#head.next += 1;
    this.#frames.push(frameOf(message));
    this.#bytes += bytesOf(message);
    if (this.#bytes >= BLOCK_BYTES_MAX) this.#endBlock();
    return sequence;
  }

  /** Every block, the last one included. */
  finish(): readonly BlockPut[] {
    if (this.#frames.length > 0) this.#endBlock();
    return this.#puts;
  }

  #endBlock(): void {
    const head = this.#head;
    const startOffset = head.offset;
    head.offset += this.#bytes;
    const header = { appendedAtMs: this.#appendedAtMs, startOffset, endOffset: head.offset };
    const key = blockKey(head.id, head.next - this.#frames.length);
    this.#puts.push({ key, value: encodeBlock(header, this.#frames) });
    this.#frames = [];
    this.#bytes = 0;
  }
}
