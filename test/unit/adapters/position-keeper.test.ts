import { describe, expect, it } from 'vitest';
import {
  PositionKeeper,
  type PositionRow,
  type PositionRows,
} from '../../../src/adapters/position-keeper.js';
import { NO_READERS, type ReaderPositions } from '../../../src/adapters/reader-positions.js';
import { positionAt } from '../../../src/domain/stream-position.js';

const LIMITS = {
  messageBytesMax: 1_000,
  queuedBytesMax: 1_000,
  subscriptionsMax: 1,
  readersMax: 2,
};

/** One channel's row; `interfere` runs between a load and the save made from it. */
class OneRow implements PositionRows {
  readers: ReaderPositions = NO_READERS;
  saves = 0;
  #version = 0;
  readonly #interfere: (row: OneRow) => void;

  constructor(interfere: (row: OneRow) => void = () => {}) {
    this.#interfere = interfere;
  }

  put(readers: ReaderPositions): void {
    this.readers = readers;
    this.#version += 1;
  }

  async load(): Promise<PositionRow> {
    const bounds = { first: 1, next: 101 };
    return { bounds, readers: this.readers, version: this.#version, channelId: '1' };
  }

  async save(_channel: string, row: PositionRow, after: ReaderPositions): Promise<boolean> {
    this.#interfere(this);
    if (row.version !== this.#version) return false;
    this.saves += 1;
    this.put(after);
    return true;
  }
}

describe('PositionKeeper', () => {
  it('saves once for all calls that waited for the save before', async () => {
    const rows = new OneRow();
    const keeper = new PositionKeeper(rows, LIMITS);
    await Promise.all(
      Array.from({ length: 100 }, (_, step) => keeper.store('c', 'r', positionAt(step + 1))),
    );
    expect(rows.saves).toBe(2);
    expect(await keeper.stored('c', 'r')).toEqual(positionAt(100));
  });

  it('keeps what another process stored between load and save', async () => {
    let others = 5;
    const rows = new OneRow((row) => {
      if (others > 0) row.put(new Map(row.readers).set('other', 6 - others--));
    });
    await new PositionKeeper(rows, LIMITS).store('c', 'r', positionAt(7));
    expect([...rows.readers]).toEqual([
      ['other', 5],
      ['r', 7],
    ]);
  });

  it('a call that is refused once is not done by a later attempt', async () => {
    const full = new Map([
      ['a', 1],
      ['b', 1],
    ]);
    let isFull = true;
    const rows = new OneRow((row) => {
      if (isFull) row.put(new Map([['a', 1]]));
      isFull = false;
    });
    rows.put(full);
    const keeper = new PositionKeeper(rows, LIMITS);
    const [first, second] = await Promise.allSettled([
      keeper.store('c', 'a', positionAt(1)),
      Promise.all([
        keeper.store('c', 'late', positionAt(3)),
        keeper.store('c', 'a', positionAt(2)),
      ]),
    ]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
    await keeper.idle();
    expect([...rows.readers]).toEqual([['a', 2]]);
  });

  it('gives up, retriable, where others never let it through', async () => {
    const rows = new OneRow((row) => row.put(row.readers));
    await expect(
      new PositionKeeper(rows, LIMITS).store('c', 'r', positionAt(7)),
    ).rejects.toMatchObject({
      kind: 'MessageStreamUnavailable',
      retriable: true,
    });
  });

  it('refuses what too many calls wait before, and goes on', async () => {
    const keeper = new PositionKeeper(new OneRow(), LIMITS);
    const calls = Array.from({ length: 10_000 }, () => keeper.store('c', 'r', positionAt(1)));
    await expect(keeper.store('c', 'r', positionAt(2))).rejects.toMatchObject({
      kind: 'MessageStreamUnavailable',
    });
    await Promise.all(calls);
    await keeper.store('c', 'r', positionAt(2));
    expect(await keeper.stored('c', 'r')).toEqual(positionAt(2));
  });
});
