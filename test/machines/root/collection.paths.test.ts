import { describe, expect, it, test } from 'vitest';
import { createActor } from 'xstate';
import {
  type CollectionFact,
  type CollectionOrigin,
  collectionMachine,
} from '../../../machines/root/collection.machine.js';
import type { LifecycleState } from '../../../src/domain/records.js';
import {
  ALTERED,
  COLLECTION_COMMANDS,
  COLLECTION_WORK,
  CREATED,
  collectionPaths,
  DROPPING,
  STARTED,
} from '../../kit/collection-paths.js';
import {
  after as delayOver,
  done,
  failed,
  HeldWork,
  settled,
  statesOf,
  transitionsOf,
  transitionsTaken,
  wordOf,
  wordsOf,
} from '../../kit/machine-paths.js';
import { aRecord } from '../../kit/records.js';

function startHeld(state: LifecycleState, origin: CollectionOrigin) {
  const held = new HeldWork();
  const facts: CollectionFact[] = [];
  const actor = createActor(collectionMachine.provide({ actors: held.actors(COLLECTION_WORK) }), {
    clock: held.clock,
    input: { record: aRecord({ state }), origin },
  });
  actor.on('*', (fact) => facts.push(fact));
  actor.start();
  return { actor, held, facts };
}

const BEGINNINGS = [
  ['Creating', 'ddl'],
  ['Creating', 'recovery'],
  ['Dropping', 'recovery'],
  ['Dropping', 'sweep'],
  ['Dropped', 'recovery'],
  ['Created', 'alteration'],
  ['Created', 'watch'],
] as const;

describe.each(BEGINNINGS)('from a %s record, origin %s', (state, origin) => {
  const paths = collectionPaths(state, origin);

  test.each(paths.map((path) => [path.title, path] as const))('%s', async (_title, path) => {
    const { actor, held, facts } = startHeld(state, origin);
    expect(actor.getSnapshot().value).toEqual(path.states[0]);
    let told = 0;
    for (const [i, event] of path.events.entries()) {
      const command = COLLECTION_COMMANDS.find((own) => own === event);
      if (command) told = facts.length;
      if (command) actor.send(command);
      else await held.play(event);
      expect(actor.getSnapshot().value).toEqual(path.states[i + 1]);
      expect(facts.length - told).toBeLessThanOrEqual(1);
    }
    actor.stop();
  });
});

describe('the graph', () => {
  const paths = BEGINNINGS.flatMap(([state, origin]) => collectionPaths(state, origin));

  it('is walked whole: every state an actor can stay in, every transition', () => {
    const walked = new Set(paths.flatMap(({ states }) => states.map(wordOf)));
    expect(wordsOf(collectionMachine).filter((word) => !walked.has(word))).toEqual([]);
    const taken = transitionsTaken(collectionMachine, paths);
    expect(taken.size).toBeGreaterThan(30);
    expect(transitionsOf(collectionMachine).filter((word) => !taken.has(word))).toEqual([]);
  });

  it('describes every state', () => {
    const silent = statesOf(collectionMachine).filter((node) => !node.description);
    expect(silent.map((node) => node.id)).toEqual([]);
  });

  it.each([
    ['Creating', 'recovery', { Undoing: 'SendingDrop' }],
    ['Creating', 'watch', { Undoing: 'SendingDrop' }],
    ['Created', 'ddl', 'Created'],
    ['Created', 'recovery', 'Created'],
    ['Created', 'alteration', 'Announcing'],
    ['Dropping', 'alteration', { Dropping: 'ExpiringCaches' }],
    ['Dropped', 'ddl', { Dropping: 'ExpiringCaches' }],
  ] as const)('goes by a %s record, origin %s, to %o', (state, origin, value) => {
    expect(startHeld(state, origin).actor.getSnapshot().value).toEqual(value);
  });
});

describe('facts', () => {
  it('tells created only after the Created record is committed and caches are expired', async () => {
    const { held, facts } = startHeld('Creating', 'ddl');
    await held.play(done('sendCreate', STARTED));
    await held.play(done('watchChannels'));
    await held.play(done('commitCreated', CREATED));
    expect(facts).toEqual([]);
    await held.play(failed('expireCaches'));
    expect(facts).toEqual([{ type: 'collection.created', record: CREATED }]);
  });

  it.each([
    ['sendCreate', []],
    ['watchChannels', [done('sendCreate', STARTED)]],
  ] as const)(
    'tells a create failed at %s at once, before the undo is done',
    async (work, first) => {
      const { held, facts, actor } = startHeld('Creating', 'ddl');
      for (const event of first) await held.play(event);
      await held.play(failed(work));
      expect(facts).toMatchObject([{ type: 'collection.createFailed' }]);
      expect(actor.getSnapshot().value).toEqual({ Undoing: 'SendingDrop' });
    },
  );

  it('commits the places its create has on the channels', async () => {
    const places = [{ key: 'by-dev-rootcoord-dml_0', data: Uint8Array.of(7) }];
    const { held, actor } = startHeld('Creating', 'ddl');
    await held.play(done('sendCreate', { ...STARTED, startPositions: places }));
    await held.play(done('watchChannels'));
    expect(actor.getSnapshot().value).toEqual({ Creating: 'Committing' });
    expect(actor.getSnapshot().context.record.startPositions).toEqual(places);
  });

  it('accepts a drop once caches are expired, however long the rest takes', async () => {
    const { actor, held, facts } = startHeld('Created', 'watch');
    actor.send({ type: 'collection.drop', record: DROPPING });
    expect(facts).toEqual([]);
    await held.play(done('expireCaches'));
    expect(facts).toEqual([{ type: 'collection.dropAccepted', record: DROPPING }]);
  });

  it('tells of an accepted drop once, however often its steps run', async () => {
    const { held, facts } = startHeld('Dropping', 'ddl');
    for (let round = 0; round < 3; round++) {
      await held.play(done('expireCaches'));
      await held.play(failed('releaseCollection'));
      await held.play(delayOver('backoff', 'collection.WaitingToDrop'));
    }
    expect(facts).toEqual([{ type: 'collection.dropAccepted', record: DROPPING }]);
  });

  it('tells of an alteration once everybody has heard, summoned for it or awake', async () => {
    const { actor, held, facts } = startHeld('Created', 'alteration');
    expect(facts).toEqual([]);
    await held.play(done('announceAltered'));
    expect(facts).toEqual([{ type: 'collection.altered', record: CREATED }]);
    actor.send({ type: 'collection.alter', record: ALTERED });
    expect(facts).toHaveLength(1);
    await held.play(done('announceAltered'));
    expect(facts.slice(1)).toEqual([{ type: 'collection.altered', record: ALTERED }]);
  });

  it('tells of an alteration somebody did not hear of once, and announces it until all have', async () => {
    const { actor, held, facts } = startHeld('Created', 'alteration');
    for (let round = 0; round < 3; round++) {
      await held.play(failed('announceAltered'));
      await held.play(delayOver('backoff', 'collection.WaitingToAnnounce'));
    }
    await held.play(done('announceAltered'));
    expect(actor.getSnapshot().value).toBe('Created');
    expect(facts).toEqual([{ type: 'collection.altered', record: CREATED }]);
  });

  it('tells of an alteration that overtakes the announcement of the one before', async () => {
    const { actor, held, facts } = startHeld('Created', 'alteration');
    await held.play(failed('announceAltered'));
    await held.play(delayOver('backoff', 'collection.WaitingToAnnounce'));
    actor.send({ type: 'collection.alter', record: ALTERED });
    await held.play(done('announceAltered'));
    expect(facts.map(({ record }) => record)).toEqual([CREATED, ALTERED]);
  });

  it('tells of a drop taken back after failures like of an alteration', async () => {
    const { actor, held, facts } = startHeld('Dropping', 'ddl');
    await held.play(done('expireCaches'));
    await held.play(failed('releaseCollection'));
    actor.send({ type: 'collection.undrop', record: CREATED });
    await held.play(done('announceAltered'));
    expect(actor.getSnapshot().value).toBe('Created');
    expect(facts.map(({ type }) => type)).toEqual([
      'collection.dropAccepted',
      'collection.altered',
    ]);
  });
});

describe('a dropped collection', () => {
  it('loses nothing while it is kept', async () => {
    const { actor, held } = startHeld('Dropping', 'ddl');
    await held.play(done('expireCaches'));
    await held.play(done('releaseCollection'));
    expect(actor.getSnapshot().value).toEqual({ Dropping: 'Kept' });
    await held.play(done('waitWhileKept'));
    await held.play(done('confirmDrop', false));
    expect(actor.getSnapshot().value).toEqual({ Dropping: 'Kept' });
    await held.play(done('waitWhileKept'));
    await held.play(done('confirmDrop', true));
    expect(actor.getSnapshot().value).toEqual({ Dropping: 'DroppingIndexes' });
  });

  it('may be dismissed while it is kept, and not while it comes to be final', async () => {
    const { actor, held } = startHeld('Dropping', 'ddl');
    await held.play(done('expireCaches'));
    expect(actor.getSnapshot().hasTag('passivatable')).toBe(false);
    await held.play(done('releaseCollection'));
    expect(actor.getSnapshot().hasTag('passivatable')).toBe(true);
    actor.send({ type: 'collection.sweep', record: DROPPING });
    expect(actor.getSnapshot().value).toEqual({ Dropping: 'Confirming' });
    expect(actor.getSnapshot().hasTag('passivatable')).toBe(false);
  });

  it('is not kept again once it is final, or was found so by the sweeper', async () => {
    for (const [state, origin, word] of [
      ['Dropped', 'recovery', 'DroppingIndexes'],
      ['Dropping', 'sweep', 'Confirming'],
    ] as const) {
      const { actor, held } = startHeld(state, origin);
      await held.play(done('expireCaches'));
      await held.play(done('releaseCollection'));
      expect(actor.getSnapshot().value).toEqual({ Dropping: word });
    }
  });

  it('has its time again when it comes back and goes anew, whoever woke it before', async () => {
    const { actor, held } = startHeld('Dropping', 'sweep');
    actor.send({ type: 'collection.undrop', record: CREATED });
    actor.send({ type: 'collection.drop', record: DROPPING });
    await held.play(done('expireCaches'));
    await held.play(done('releaseCollection'));
    expect(actor.getSnapshot().value).toEqual({ Dropping: 'Kept' });
  });
});

describe('unprovided', () => {
  it('starts with nothing else present, its work rejecting', async () => {
    const actor = createActor(collectionMachine, {
      input: { record: aRecord({ state: 'Dropping' }), origin: 'recovery' },
      clock: new HeldWork().clock,
    }).start();
    await settled();
    expect(actor.getSnapshot().status).toBe('active');
    actor.stop();
  });

  it('waits twice as long after each failure, but no longer than half a minute', async () => {
    const { actor, held } = startHeld('Dropping', 'recovery');
    await held.play(done('expireCaches'));
    await held.play(failed('releaseCollection'));
    held.clock.increment(99);
    expect(actor.getSnapshot().value).toBe('WaitingToDrop');
    held.clock.increment(1);
    expect(actor.getSnapshot().value).toEqual({ Dropping: 'ExpiringCaches' });
    await held.play(done('expireCaches'));
    await held.play(failed('releaseCollection'));
    held.clock.increment(199);
    expect(actor.getSnapshot().value).toBe('WaitingToDrop');
    held.clock.increment(1);
    expect(actor.getSnapshot().value).toEqual({ Dropping: 'ExpiringCaches' });
  });
});
