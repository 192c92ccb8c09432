import type { Clock, Timer } from '../../ports/clock.js';
import type { MessageRetention } from '../../ports/message-stream.js';
import { placeOf } from './block-key.js';
import type { ChannelHead } from './channel-heads.js';
import type { BlockEntry, MessageTables } from './message-tables.js';
import type { MessageWriter } from './message-writer.js';

/** Blocks removed in one commit: an append behind it waits some milliseconds. */
const STEP_BLOCKS_MAX = 1_000;
/** Bytes looked at for one commit; a block is read whole to learn its age. */
const STEP_BYTES_MAX = 8 * 2 ** 20;

export interface SweeperOptions {
  readonly retention: MessageRetention;
  readonly clock: Clock;
  readonly everyMs: number;
}

/**
 * Removes blocks that nobody may read any more: too old, too much, truncated, or of a deleted
 * channel, and what a deleted channel's readers stored late. A channel's newest block always stays,
 * for it tells which sequence number is next.
 */
export class MessageSweeper {
  readonly #tables: MessageTables;
  readonly #writer: MessageWriter;
  readonly #options: SweeperOptions;
  #timer: Timer | undefined;
  #underWay: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(tables: MessageTables, writer: MessageWriter, options: SweeperOptions) {
    this.#tables = tables;
    this.#writer = writer;
    this.#options = options;
    this.#schedule();
  }

  /** Sweeps as soon as a sweep under way is done; never rejects. */
  sweep(): Promise<void> {
    this.#underWay = this.#underWay.then(() => this.#sweepOnce()).catch(() => undefined);
    return this.#underWay;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
    await this.#underWay;
  }

  #schedule(): void {
    const { clock, everyMs } = this.#options;
    this.#timer = clock.setTimeout(() => {
      void this.sweep().then(() => {
        if (!this.#isStopped) this.#schedule();
      });
    }, everyMs);
  }

  /** A failed write ends the writer; whoever owns both hears of it and stops the sweeps. */
  async #sweepOnce(): Promise<void> {
    if (!this.#writer.isWriting) return;
    await this.#removeOrphans();
    for (const channel of [...this.#writer.heads.keys()]) {
      while (!this.#isStopped && (await this.#writer.change(() => this.#trim(channel))));
    }
  }

  #trim(channel: string): (() => void) | undefined {
    const head = this.#writer.heads.get(channel);
    const newest = head && this.#tables.newestBlock(head.id);
    if (head === undefined || newest === undefined) return undefined;
    const keys: Uint8Array[] = [];
    let first = head.first;
    let bytes = 0;
    for (const block of this.#tables.oldestBlocks(head.id)) {
      if (block.first === newest.first || !this.#isOver(block, newest, head)) break;
      if (keys.length >= STEP_BLOCKS_MAX || bytes >= STEP_BYTES_MAX) break;
      keys.push(block.key);
      bytes += block.sizeBytes;
      first = block.first + block.count;
    }
    return keys.length === 0 ? undefined : this.#writer.forget(channel, first, keys);
  }

  #isOver(block: BlockEntry, newest: BlockEntry, head: Readonly<ChannelHead>): boolean {
    const { retention, clock } = this.#options;
    if (block.first + block.count <= head.first) return true;
    if (newest.endOffset - block.startOffset > retention.bytes) return true;
    return clock.nowMs() - block.appendedAtMs > retention.ageMs;
  }

  async #removeOrphans(): Promise<void> {
    await this.#writer.change(() => this.#orphanReaders());
    const ids = this.#channelIds();
    let from = 0;
    for (;;) {
      const [key] = this.#tables.keysFrom(from, 1);
      if (key === undefined || this.#isStopped) return;
      const { channelId } = placeOf(key);
      if (!ids.has(channelId)) await this.#removeAll(channelId);
      from = channelId + 1;
    }
  }

  #channelIds(): ReadonlySet<number> {
    return new Set([...this.#writer.heads.values()].map(({ id }) => id));
  }

  #orphanReaders(): (() => void) | undefined {
    const ids = this.#channelIds();
    const orphans = this.#tables.channelsWithReaders().filter((id) => !ids.has(Number(id)));
    return orphans.length === 0 ? undefined : () => this.#writer.removeReaders(orphans);
  }

  async #removeAll(id: number): Promise<void> {
    const step = (): (() => void) | undefined => {
      const rows = this.#tables.keysFrom(id, STEP_BLOCKS_MAX);
      const keys = rows.filter((key) => placeOf(key).channelId === id);
      return keys.length === 0 ? undefined : () => this.#writer.removeBlocks(keys);
    };
    while (!this.#isStopped && (await this.#writer.change(step)));
  }
}
