import { describe, expect, it } from 'vitest';
import { lonelyPeers } from '../../../../src/adapters/in-process/peers.js';
import { MemoryMetaState } from '../../../../src/adapters/memory/memory-meta-state.js';
import { CoordError } from '../../../../src/domain/errors.js';
import type { MetaStore } from '../../../../src/ports/meta-store.js';
import { KEYS } from '../../../kit/catalog-store.js';
import { CrashSites, mortalPeers, mortalStore } from '../../../kit/crash-sites.js';
import { aCreate, aDrop, RULES } from '../../../kit/ddl-fixtures.js';
import { anAsker, bootRuntime } from '../../../kit/root-runtime.js';
import { VirtualClock } from '../../../kit/virtual-clock.js';

const KEEP_MS = 10_000;
/** So few that the six keys of the collection, and their removal, take several commits. */
const LIMITS = { operationsMax: 3, bytesMax: 1_000_000 };

const keysOf = (state: MemoryMetaState): string[] =>
  [KEYS.collections, KEYS.partitions, KEYS.fields]
    .flatMap((prefix) => state.snapshot(prefix))
    .map(({ key }) => key);

/** Longer than the window of timestamps a dead process may have left: a restart waits for its end. */
const RESTART_MS = 4_000;

/** Creates a collection, lets its drop be final at once, and dies at the given site on the way. */
async function dropAndDie(dieAt: number) {
  const state = new MemoryMetaState();
  const clock = new VirtualClock();
  const born = await bootRuntime({ state, clock, limits: LIMITS });
  await born.root.createCollection(aCreate('c'), anAsker());
  const whole = keysOf(state);
  born.runtime.abandon();
  await clock.advance(RESTART_MS);
  const sites = new CrashSites(dieAt);
  let isMortal = false;
  const mortal = await bootRuntime({
    state,
    clock,
    limits: LIMITS,
    peers: mortalPeers(lonelyPeers(), sites),
    wrap: (store) => {
      const doomed = mortalStore(store, sites);
      const commit: MetaStore['commit'] = (writes, fence) =>
        (isMortal ? doomed : store).commit(writes, fence);
      return { ...doomed, commit };
    },
  });
  isMortal = true;
  mortal.root.dropCollection(aDrop('c'), anAsker()).catch(() => undefined);
  await clock.advance(100);
  sites.die();
  mortal.runtime.abandon();
  await clock.advance(RESTART_MS);
  return { state, clock, whole, reached: sites.reached };
}

describe('a drop interrupted in its purge', () => {
  it('never comes back, even when drops are kept longer after the restart', async () => {
    let droppedCount = 0;
    const sites = (await dropAndDie(Number.POSITIVE_INFINITY)).reached.length;
    for (let dieAt = 0; dieAt < sites; dieAt += 1) {
      const { state, clock, whole, reached } = await dropAndDie(dieAt);
      const settings = { rules: { ...RULES, undropKeepMs: KEEP_MS } };
      const { root, broken } = await bootRuntime({ state, clock, limits: LIMITS, settings });
      const request = { databaseName: 'default', collectionName: 'c', collectionId: 0n };
      const isThere = root.hasCollection({ ...request, at: 0n });
      if (!isThere) droppedCount += 1;
      const refusal = await root.undrop.collection({ ...request, newName: '' }, anAsker()).then(
        () => undefined,
        (caught: unknown) => CoordError.from(caught),
      );
      const site = `${dieAt}: ${reached.at(-1)}`;
      expect(refusal?.code, site).toBe(100);
      await clock.advance(3 * KEEP_MS);
      expect(broken, site).toEqual([]);
      expect(keysOf(state), site).toEqual(isThere ? whole : []);
    }
    expect(droppedCount).toBeGreaterThan(sites - 3);
  });
});
