import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryMetaState } from '../../../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../../../src/adapters/memory/memory-meta-store.js';
import { CollectionInfo } from '../../../../src/gen/etcd_meta.js';
import type { CommitLimits, Write } from '../../../../src/ports/meta-store.js';
import { migrateOldLayouts } from '../../../../src/root/migration/migrate-old-layouts.js';
import { livingCandidate } from '../../../kit/candidates.js';
import { FaultyMetaStore } from '../../../kit/faulty-meta-store.js';
import {
  aliasInfo,
  DATA_SET_2_1,
  DATA_SET_2_2,
  DATA_SET_2_4,
  DATA_SET_SEED,
  embedded,
  encoded,
  oldKey,
  put,
  TOMBSTONE,
} from '../../../kit/old-layouts.js';
import { silentLogger } from '../../../kit/silent-logger.js';
import { VirtualClock } from '../../../kit/virtual-clock.js';

const settings = { rootPath: 'by-dev', metaSubPath: 'meta' };
const SMALL: CommitLimits = { operationsMax: 5, bytesMax: 20_000 };

/** One process on a state that outlives it; dies at the given commit, before or after it. */
function processOn(state: MemoryMetaState, limits: CommitLimits, killAt = -1, isWritten = false) {
  const { fence } = state.elect(livingCandidate());
  const store = new FaultyMetaStore(new MemoryMetaStore(state, { limits }), new VirtualClock(), {
    onCommit: (index) =>
      index === killAt ? { kind: isWritten ? 'loseReply' : 'refuse' } : undefined,
  });
  return { store, run: () => migrateOldLayouts({ store, fence, log: silentLogger, settings }) };
}

function stateWith(writes: readonly Write[]): MemoryMetaState {
  const state = new MemoryMetaState();
  state.apply(writes, state.elect(livingCandidate()).fence);
  return state;
}

const bytesOfStore = (state: MemoryMetaState): string[] =>
  state.snapshot('by-dev/').map(({ key, value }) => `${key} ${Buffer.from(value).toString('hex')}`);

describe.each([
  ['before 2.0', DATA_SET_SEED],
  ['2.1', DATA_SET_2_1],
  ['2.2', DATA_SET_2_2],
  ['2.4', DATA_SET_2_4],
])('a migration from %s', (_release, dataSet) => {
  it('killed at any commit and run again leaves the same bytes', async () => {
    const whole = stateWith(dataSet);
    const first = processOn(whole, SMALL);
    await first.run();
    expect(first.store.commitCount).toBeGreaterThan(2);
    for (let killAt = 0; killAt < first.store.commitCount; killAt++) {
      for (const isWritten of [false, true]) {
        const state = stateWith(dataSet);
        await expect(processOn(state, SMALL, killAt, isWritten).run()).rejects.toThrow('injected');
        await processOn(state, SMALL).run();
        expect(bytesOfStore(state)).toEqual(bytesOfStore(whole));
      }
    }
  });

  it('writes nothing when it is run again', async () => {
    const state = stateWith(dataSet);
    await processOn(state, SMALL).run();
    const again = processOn(state, SMALL);
    expect(await again.run()).toMatchObject({ collections: 0, aliases: 0, tombstones: 0 });
    expect(again.store.commitCount).toBe(0);
  });

  it('leaves the same bytes whatever the store takes in one commit', async () => {
    const [few, many] = [stateWith(dataSet), stateWith(dataSet)];
    await processOn(few, SMALL).run();
    await processOn(many, { operationsMax: 4_096, bytesMax: 4 * 2 ** 20 }).run();
    expect(bytesOfStore(few)).toEqual(bytesOfStore(many));
  });
});

const ids = fc.bigInt({ min: 1n, max: 6n });
const names = fc.constantFrom('a', 'b', 'c', 'd');
const collection = fc.record({
  id: ids,
  name: names,
  bare: fc.boolean(),
  state: fc.constantFrom(0 as const, 0 as const, 2 as const),
});
type Collection = typeof collection extends fc.Arbitrary<infer T> ? T : never;
const collectionValue = ({ id, name, bare, state }: Collection) => {
  const info = embedded({ id, name, partitions: ['_default', 'p'] });
  const bareInfo = CollectionInfo.fromPartial({ ID: id, schema: { name }, dbId: 1n });
  return encoded({ ...(bare ? bareInfo : info), state });
};

/** Any mixture of the layouts, contradictions and all. */
const arbitraryWrite: fc.Arbitrary<Write> = fc.oneof(
  collection.map((c) => put(oldKey(`collection/${c.id}`), collectionValue(c))),
  collection.map((c) => put(oldKey(`database/collection-info/1/${c.id}`), collectionValue(c))),
  fc.tuple(names, ids).map(([name, id]) => put(oldKey(`aliases/${name}`), aliasInfo(name, id))),
  fc
    .tuple(names, ids)
    .map(([name, id]) => put(oldKey(`database/aliases/1/${name}`), aliasInfo(name, id, 1n))),
  fc
    .tuple(names, ids)
    .map(([name, id]) =>
      put(
        oldKey(`collection-alias/${name}`),
        encoded(CollectionInfo.fromPartial({ ID: id, schema: { name } })),
      ),
    ),
  ids.map((id) => put(oldKey(`collection/${id}`), TOMBSTONE)),
  ids.map((id) => put(oldKey(`database/collection-info/1/${id}`), TOMBSTONE)),
);

describe('any mixture of layouts', () => {
  it('migrated twice, with a crash in between or not, is as migrated once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryWrite, { maxLength: 14 }),
        fc.nat(8),
        fc.boolean(),
        async (writes, killAt, isWritten) => {
          const [once, killed] = [stateWith(writes), stateWith(writes)];
          await processOn(once, SMALL).run();
          await processOn(killed, SMALL, killAt, isWritten)
            .run()
            .catch(() => undefined);
          await processOn(killed, SMALL).run();
          expect(bytesOfStore(killed)).toEqual(bytesOfStore(once));
          const again = processOn(killed, SMALL);
          await again.run();
          expect(again.store.commitCount).toBe(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});
