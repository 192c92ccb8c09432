import { describe, expect, it } from 'vitest';
import { lonelyPeers } from '../../../../src/adapters/in-process/peers.js';
import { CoordError } from '../../../../src/domain/errors.js';
import type { CollectionId, TaskId } from '../../../../src/domain/ids.js';
import type { CollectionRecord, LifecycleState } from '../../../../src/domain/records.js';
import type { Peers } from '../../../../src/ports/peers.js';
import { Catalog } from '../../../../src/root/catalog/catalog.js';
import { collectionKind } from '../../../../src/root/collection/collection.actors.js';
import type { DdlCommand } from '../../../../src/root/ddl/commands.js';
import { Residency } from '../../../../src/root/lifecycle/residency.js';
import { aRecord } from '../../../kit/records.js';
import { SILENT } from '../../../kit/silent-announcer.js';
import { silentLogger } from '../../../kit/silent-logger.js';
import { settled, VirtualClock } from '../../../kit/virtual-clock.js';

const MINUTE_MS = 60_000;

interface Options {
  readonly residentMax?: number;
  readonly peers?: Partial<Peers['dataCoord']>;
  readonly expireCollection?: Peers['proxies']['expireCollection'];
  /** Throws inside the machine, in the step that takes a new record in: no state foresees it. */
  readonly onAdopt?: () => void;
}

/** Events that bring an actor a record. */
const ADOPTING: ReadonlySet<string> = new Set([
  'collection.drop',
  'xstate.done.actor.commitCreated',
]);

/** Residency over a catalog in memory; lifecycle commands are committed at once. */
function aResidency({ residentMax = 2, peers = {}, onAdopt, expireCollection }: Options = {}) {
  const clock = new VirtualClock();
  const catalog = new Catalog();
  const settlements: [TaskId, CollectionRecord | CoordError][] = [];
  const broken: unknown[] = [];
  const awakened: number[] = [];
  const { dataCoord, queryCoord, proxies } = lonelyPeers();
  const perform = async (command: DdlCommand) => {
    if (command.kind === 'purgeCollection') {
      const before = catalog.collectionById(command.collectionId);
      catalog.apply({ kind: 'collection', before, after: undefined });
    }
    if (command.kind !== 'markCreated') return undefined;
    return commit({ ...command.record, state: 'Created' });
  };
  const commit = (after: CollectionRecord) => {
    catalog.apply({ kind: 'collection', before: catalog.collectionById(after.id), after });
    return after;
  };
  const kind = collectionKind({
    peers: {
      queryCoord,
      dataCoord: { ...dataCoord, ...peers },
      proxies: expireCollection ? { ...proxies, expireCollection } : proxies,
    },
    announcer: SILENT,
    clock,
    catalog,
    undropKeepMs: 0,
    submit: perform,
    inspect: (event) => {
      const { actorRef } = event;
      const id = 'id' in actorRef ? String(actorRef.id) : '';
      if (!id.startsWith('collection:')) return;
      if (event.type === '@xstate.actor') awakened.push(Number(id.slice('collection:'.length)));
      if (event.type === '@xstate.microstep' && ADOPTING.has(event.event.type)) onAdopt?.();
    },
  });
  const residency = new Residency({
    kind,
    clock,
    log: silentLogger,
    residentMax,
    onSettled: (taskId, outcome) => settlements.push([taskId, outcome]),
    onBroken: (reason) => broken.push(reason),
  });
  /** Commits a record in this state and summons its actor, as the DDL supervisor does. */
  const summon = async (id: number, state: LifecycleState, taskId?: number) => {
    const known =
      catalog.collectionById(BigInt(id) as CollectionId) ??
      aRecord({ id: BigInt(id) as CollectionId });
    const record = commit({ ...known, state });
    const task = taskId === undefined ? undefined : (BigInt(taskId) as TaskId);
    residency.summon(record, 'ddl', task);
    await settled();
  };
  const stateOf = (id: number) => catalog.collectionById(BigInt(id) as CollectionId)?.state;
  return { residency, clock, settlements, broken, awakened, commit, summon, stateOf };
}

/** Work that never ends by itself. */
const never = () => new Promise<never>(() => {});

describe('a summoned collection', () => {
  it('is brought to Created, and whoever asked is told', async () => {
    const { summon, settlements, stateOf, residency } = aResidency();
    await summon(1, 'Creating', 70);
    expect(stateOf(1)).toBe('Created');
    expect(settlements).toMatchObject([[70n, { id: 1n, state: 'Created' }]]);
    expect(residency.residentCount).toBe(1);
  });

  it('is gone from memory with its last key', async () => {
    const { summon, settlements, stateOf, residency } = aResidency();
    await summon(1, 'Dropping', 70);
    expect(stateOf(1)).toBeUndefined();
    expect(settlements).toMatchObject([[70n, { id: 1n, state: 'Dropping' }]]);
    expect(residency.residentCount).toBe(0);
  });

  it('is dropped the same way, awake or not', async () => {
    const { summon, settlements, stateOf, residency } = aResidency({ residentMax: 1 });
    for (const id of [1, 2]) await summon(id, 'Creating');
    expect(residency.residentCount).toBe(1);
    await summon(2, 'Dropping', 72);
    await summon(1, 'Dropping', 71);
    expect([stateOf(1), stateOf(2)]).toEqual([undefined, undefined]);
    expect(settlements.map(([taskId]) => taskId)).toEqual([72n, 71n]);
    expect(residency.residentCount).toBe(0);
  });

  it('tells a failed create before it is undone, and leaves nothing', async () => {
    const watchChannels = () => Promise.reject(CoordError.of('ServiceUnavailable'));
    const { summon, settlements, stateOf, residency } = aResidency({ peers: { watchChannels } });
    await summon(1, 'Creating', 70);
    expect(settlements).toMatchObject([[70n, { kind: 'ServiceUnavailable' }]]);
    expect(stateOf(1)).toBeUndefined();
    expect(residency.residentCount).toBe(0);
  });

  it('tells its outcome once, whatever it does afterwards', async () => {
    let refusals = 3;
    const isGarbageCollected = async () => refusals-- <= 0;
    const { summon, settlements, clock, stateOf } = aResidency({ peers: { isGarbageCollected } });
    await summon(1, 'Dropping', 70);
    await clock.advance(MINUTE_MS);
    expect(stateOf(1)).toBeUndefined();
    expect(settlements).toHaveLength(1);
  });
});

describe('room for actors', () => {
  it('is made by those that are steady, the one used longest ago first', async () => {
    const { residency, summon, awakened } = aResidency({ residentMax: 2 });
    for (const id of [1, 2]) await summon(id, 'Creating');
    await summon(1, 'Created');
    await summon(3, 'Creating');
    expect(residency.residentCount).toBe(2);
    expect(awakened).toEqual([1, 2, 3]);
    for (const id of [1, 2, 3]) await summon(id, 'Dropping');
    expect(awakened).toEqual([1, 2, 3, 2]);
  });

  it('is never made by one that is at work', async () => {
    const { residency, summon, stateOf, clock } = aResidency({
      residentMax: 1,
      peers: { isGarbageCollected: async () => false },
    });
    for (const id of [1, 2, 3]) await summon(id, 'Dropping');
    for (const id of [4, 5, 6]) await summon(id, 'Creating');
    expect(residency.residentCount).toBe(3 + 1);
    await clock.advance(MINUTE_MS);
    expect([1, 2, 3].map(stateOf)).toEqual(['Dropping', 'Dropping', 'Dropping']);
    expect(residency.residentCount).toBe(3 + 1);
  });

  it('is kept to without another summons, when many become steady together', async () => {
    const { residency, commit } = aResidency({ residentMax: 4 });
    for (let id = 1n; id <= 50n; id++) {
      residency.summon(commit(aRecord({ id: id as CollectionId, state: 'Creating' })), 'ddl');
    }
    expect(residency.residentCount).toBe(50);
    await settled();
    expect(residency.residentCount).toBe(4);
  });

  it('may be none at all', async () => {
    const { residency, summon, settlements } = aResidency({ residentMax: 0 });
    await summon(1, 'Creating', 70);
    expect(residency.residentCount).toBe(0);
    expect(settlements).toHaveLength(1);
    await summon(1, 'Dropping', 71);
    expect(settlements).toHaveLength(2);
  });
});

describe('an actor that throws where nothing foresees it', () => {
  const thrown = new Error('a defect');
  const onAdopt = () => {
    throw thrown;
  };

  it('is lost, its caller told, and summoned again from the record as committed', async () => {
    const { summon, settlements, stateOf, residency, clock } = aResidency({ onAdopt });
    await summon(1, 'Created');
    await summon(1, 'Dropping', 70);
    expect(settlements).toMatchObject([[70n, { kind: 'Unexpected', message: 'a defect' }]]);
    expect(residency.residentCount).toBe(0);
    expect(stateOf(1)).toBe('Dropping');
    await clock.advance(1_000);
    expect(stateOf(1)).toBeUndefined();
  });

  it('is left alone when its work turned out to be committed', async () => {
    const { summon, stateOf, residency, clock } = aResidency({ onAdopt });
    await summon(1, 'Creating');
    expect(stateOf(1)).toBe('Created');
    await clock.advance(MINUTE_MS);
    expect(stateOf(1)).toBe('Created');
    expect(residency.residentCount).toBe(0);
  });

  it('does not disturb the actor that was summoned in its place meanwhile', async () => {
    let answer = () => {};
    const expireCollection = () => new Promise<void>((resolve) => (answer = resolve));
    const { summon, settlements, clock, residency } = aResidency({ onAdopt, expireCollection });
    await summon(1, 'Created');
    await summon(1, 'Dropping', 70);
    await summon(1, 'Dropping', 71);
    await clock.advance(1_000);
    expect(settlements.map(([taskId]) => taskId)).toEqual([70n]);
    answer();
    await settled();
    expect(settlements.map(([taskId]) => taskId)).toEqual([70n, 71n]);
    expect(residency.residentCount).toBe(0);
  });

  it('is borne five times in ten minutes; the sixth loss is the coordinator to hear of', async () => {
    const { summon, broken } = aResidency({ onAdopt });
    for (const id of [1, 2, 3, 4, 5]) await summon(id, 'Creating');
    expect(broken).toEqual([]);
    await summon(6, 'Creating');
    expect(broken).toEqual([thrown]);
  });

  it('is borne for ever when it happens seldom', async () => {
    const { summon, broken, clock } = aResidency({ onAdopt });
    for (let id = 1; id <= 20; id++) {
      await summon(id, 'Creating');
      await clock.advance(2 * MINUTE_MS + 1);
    }
    expect(broken).toEqual([]);
  });
});

describe('closing', () => {
  it('stops every actor where it stands and summons none any more', async () => {
    const { residency, summon, stateOf, clock, settlements } = aResidency({
      peers: { isGarbageCollected: async () => false },
    });
    await summon(1, 'Creating');
    await summon(2, 'Dropping');
    residency.close();
    expect(residency.residentCount).toBe(0);
    await summon(3, 'Creating', 70);
    await clock.advance(MINUTE_MS);
    expect([stateOf(2), stateOf(3)]).toEqual(['Dropping', 'Creating']);
    expect([settlements, residency.residentCount, clock.timerCount]).toEqual([[], 0, 0]);
  });

  it('lets the work that was asked of others know', async () => {
    let isCancelled = false;
    const watchChannels = (_: unknown, signal: AbortSignal) => {
      signal.addEventListener('abort', () => {
        isCancelled = true;
      });
      return never();
    };
    const { residency, summon } = aResidency({ peers: { watchChannels } });
    await summon(1, 'Creating');
    residency.close();
    expect(isCancelled).toBe(true);
  });
});
