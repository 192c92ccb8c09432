import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryMetaState } from '../../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../../src/adapters/memory/memory-meta-store.js';
import { exportMeta } from '../../../src/cli/meta-export.js';
import { LINE_BYTES_MAX } from '../../../src/cli/meta-file-lines.js';
import { importMeta } from '../../../src/cli/meta-import.js';
import type { CommitLimits, Write } from '../../../src/ports/meta-store.js';
import { refuseHalfImported } from '../../../src/root/migration/import-marker.js';
import { livingCandidate } from '../../kit/candidates.js';
import { FaultyMetaStore } from '../../kit/faulty-meta-store.js';
import { DATA_SET_2_4, put } from '../../kit/old-layouts.js';
import { VirtualClock } from '../../kit/virtual-clock.js';

const PATHS = { rootPath: 'by-dev', metaSubPath: 'meta', kvSubPath: 'kv' };
const OTHER_PATHS = { rootPath: 'elsewhere/deep', metaSubPath: 'm', kvSubPath: 'numbers' };
const FEW: CommitLimits = { operationsMax: 5, bytesMax: 20_000 };

function ownStore(writes: readonly Write[] = [], limits?: CommitLimits) {
  const state = new MemoryMetaState();
  const { fence } = state.elect(livingCandidate());
  state.apply(writes, fence);
  return { state, fence, store: new MemoryMetaStore(state, limits ? { limits } : {}) };
}

async function exported(writes: readonly Write[], paths = PATHS): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const target = new Writable({
    write(chunk: Buffer, _encoding, done) {
      pieces.push(chunk);
      done();
    },
  });
  await exportMeta(ownStore(writes).store, paths, target);
  return Buffer.concat(pieces);
}

/** The file in pieces of this many bytes. */
const inPieces = (file: Buffer, bytes = 1000) =>
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < file.length; from += bytes) yield file.subarray(from, from + bytes);
  };

const rowsOf = (state: MemoryMetaState, prefix: string): [string, string][] =>
  state.snapshot(`${prefix}/`).map(({ key, value }) => [key, Buffer.from(value).toString('hex')]);

/** A file whose trailer fits its lines, whatever they are. */
function sealed(lines: readonly string[]): Buffer {
  const body = lines.map((line) => `${line}\n`).join('');
  const sha256 = createHash('sha256').update(body).digest('hex');
  return Buffer.from(`${body}${JSON.stringify({ count: lines.length - 1, sha256 })}\n`);
}

const HEADER = JSON.stringify({ format: 'rootstock-meta', version: 1 });

describe('a meta file', () => {
  it('carries every key under other paths, the allocators among them', async () => {
    const file = await exported(DATA_SET_2_4);
    const { store, fence, state } = ownStore();
    const count = await importMeta(store, fence, OTHER_PATHS, inPieces(file));
    const moved = DATA_SET_2_4.map((write) => [
      write.key
        .replace('by-dev/meta/', 'elsewhere/deep/m/')
        .replace('by-dev/kv/', 'elsewhere/deep/numbers/'),
      write.kind === 'put' && Buffer.from(write.value).toString('hex'),
    ]);
    expect(count).toBe(DATA_SET_2_4.length);
    expect(new Map(rowsOf(state, 'elsewhere'))).toEqual(new Map(moved.map(([k, v]) => [k, v])));
  });

  it('leaves sessions and leadership behind', async () => {
    const file = await exported([
      put('by-dev/meta/session/rootcoord', 'me'),
      put('by-dev/rootstock/commits/7/0', 'a commit'),
      put('by-dev/rootstock/members/7', 'a session'),
      put('by-dev/rootstock/journal/00000000000000000001', 'an entry'),
    ]);
    expect(file.toString()).not.toContain('session');
    const { store, fence, state } = ownStore();
    await importMeta(store, fence, PATHS, inPieces(file));
    expect(rowsOf(state, 'by-dev').map(([key]) => key)).toEqual([
      'by-dev/rootstock/journal/00000000000000000001',
    ]);
  });

  it('gives back any keys and values, however the file arrives', async () => {
    const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    const rows = fc.uniqueArray(fc.tuple(key, fc.uint8Array({ maxLength: 40 })), {
      selector: ([tail]) => tail,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 200 }), async (pairs, bytes) => {
        const writes = pairs.map(([tail, value]) => put(`by-dev/meta/${tail}`, value));
        const wanted = ownStore(writes).state;
        const { store, fence, state } = ownStore([], FEW);
        await importMeta(store, fence, PATHS, inPieces(await exported(writes), bytes));
        expect(rowsOf(state, 'by-dev')).toEqual(rowsOf(wanted, 'by-dev'));
      }),
      { numRuns: 100 },
    );
  });
});

describe('an import', () => {
  async function refusal(file: Buffer, writes: readonly Write[] = []) {
    const { store, fence, state } = ownStore(writes, FEW);
    const before = rowsOf(state, 'by-dev');
    const failure: unknown = await importMeta(store, fence, PATHS, inPieces(file)).catch(
      (error: unknown) => error,
    );
    expect(rowsOf(state, 'by-dev')).toEqual(before);
    return failure instanceof Error ? failure.message : 'none';
  }

  it('refuses a file cut short at any byte, and writes nothing', async () => {
    const file = await exported(DATA_SET_2_4.slice(0, 4));
    for (let length = 0; length < file.length; length++) {
      expect(await refusal(file.subarray(0, length))).toMatch(/cut short|damaged|neither/);
    }
  });

  it('refuses a file with any byte altered, and writes nothing', async () => {
    const file = await exported(DATA_SET_2_4.slice(0, 4));
    for (let at = 0; at < file.length; at++) {
      const altered = Buffer.from(file);
      altered.writeUInt8(file.readUInt8(at) ^ 1, at);
      expect(await refusal(altered)).toMatch(/^the meta file is refused: /);
    }
  });

  const entry = (part: string, key: string, value = '') => JSON.stringify({ part, key, value });

  it.each([
    ['another version', [HEADER.replace('1}', '2}')], /version 2, this program reads 1/],
    ['another kind', ['{"format":"other"}'], /not written by/],
    ['a part nobody knows', [HEADER, entry('data', 'x')], /line 2 is neither/],
    ['a session', [HEADER, entry('meta', 'session/rootcoord')], /it holds by-dev\/meta\/session/],
    ['a value too large', [HEADER, entry('meta', 'x', 'A'.repeat(40_000))], /20000/],
  ])('refuses a file with %s', async (_title, lines, said) => {
    expect(await refusal(sealed(lines))).toMatch(said);
  });

  it('refuses a line over the limit, without keeping it', async () => {
    expect(await refusal(Buffer.alloc(LINE_BYTES_MAX + 1, 0x20))).toMatch(/longer than/);
  });

  it('refuses what follows the end', async () => {
    const file = Buffer.concat([sealed([HEADER]), Buffer.from('{}\n')]);
    expect(await refusal(file)).toMatch(/follows its end/);
  });

  it('refuses a store that holds anything', async () => {
    const file = await exported(DATA_SET_2_4);
    const said = await refusal(file, [put('by-dev/kv/gid/timestamp', 'x')]);
    expect(said).toBe(
      'only an empty metastore can be imported into; this one holds by-dev/kv/gid/timestamp',
    );
  });

  it('killed at any commit keeps start-ups away, and run again is as if never killed', async () => {
    const file = await exported(DATA_SET_2_4);
    const whole = ownStore([], FEW);
    const counted = new FaultyMetaStore(whole.store, new VirtualClock());
    await importMeta(counted, whole.fence, PATHS, inPieces(file));
    // The last commit ends the import, whether anybody hears of it or not.
    const kills = counted.commitCount - 1;
    expect(kills).toBeGreaterThan(5);
    // Another file came first: nothing of it may stay.
    const other = await exported([...DATA_SET_2_4, put('by-dev/meta/zz', 'other')]);
    for (let killAt = 0; killAt < kills; killAt++) {
      const { store, fence, state } = ownStore([], FEW);
      const faulty = new FaultyMetaStore(store, new VirtualClock(), {
        onCommit: (index) => (index === killAt ? { kind: 'loseReply' } : undefined),
      });
      await expect(importMeta(faulty, fence, PATHS, inPieces(other))).rejects.toThrow('injected');
      await expect(refuseHalfImported(store, 'by-dev')).rejects.toThrow(/run .* again/);
      await importMeta(store, fence, PATHS, inPieces(file));
      await refuseHalfImported(store, 'by-dev');
      expect(rowsOf(state, 'by-dev')).toEqual(rowsOf(whole.state, 'by-dev'));
    }
  });
});
