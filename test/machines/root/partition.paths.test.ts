import { describe, expect, it, test } from 'vitest';
import { createActor } from 'xstate';
import {
  type PartitionFact,
  type PartitionOrigin,
  partitionMachine,
} from '../../../machines/root/partition.machine.js';
import type { LifecycleState } from '../../../src/domain/records.js';
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
import {
  aSubject,
  COLLECTION_DROPPED,
  CREATED,
  DROPPING,
  PARTITION_COMMANDS,
  PARTITION_WORK,
  partitionPaths,
} from '../../kit/partition-paths.js';

function startHeld(state: LifecycleState, origin: PartitionOrigin) {
  const held = new HeldWork();
  const facts: PartitionFact[] = [];
  const actor = createActor(partitionMachine.provide({ actors: held.actors(PARTITION_WORK) }), {
    clock: held.clock,
    input: { subject: aSubject(state), origin },
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

describe.each(BEGINNINGS)('from a %s partition, origin %s', (state, origin) => {
  const paths = partitionPaths(state, origin);

  test.each(paths.map((path) => [path.title, path] as const))('%s', async (_title, path) => {
    const { actor, held, facts } = startHeld(state, origin);
    expect(actor.getSnapshot().value).toEqual(path.states[0]);
    let told = 0;
    for (const [i, event] of path.events.entries()) {
      const command = PARTITION_COMMANDS.find((own) => own === event);
      // The end of the collection is no command of its own: it answers the one before.
      if (command && command !== COLLECTION_DROPPED) told = facts.length;
      if (command) actor.send(command);
      else await held.play(event);
      expect(actor.getSnapshot().value).toEqual(path.states[i + 1]);
      expect(facts.length - told).toBeLessThanOrEqual(1);
    }
    actor.stop();
  });
});

describe('the graph', () => {
  const paths = BEGINNINGS.flatMap(([state, origin]) => partitionPaths(state, origin));

  it('is walked whole: every state an actor can stay in, every transition', () => {
    const walked = new Set(paths.flatMap(({ states }) => states.map(wordOf)));
    expect(wordsOf(partitionMachine).filter((word) => !walked.has(word))).toEqual([]);
    const taken = transitionsTaken(partitionMachine, paths);
    expect(taken.size).toBeGreaterThan(30);
    expect(transitionsOf(partitionMachine).filter((word) => !taken.has(word))).toEqual([]);
  });

  it('describes every state', () => {
    const silent = statesOf(partitionMachine).filter((node) => !node.description);
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
  ] as const)('goes by a %s partition, origin %s, to %o', (state, origin, value) => {
    expect(startHeld(state, origin).actor.getSnapshot().value).toEqual(value);
  });
});

describe('facts', () => {
  it('tells created only after the Created record is committed and caches are expired', async () => {
    const { held, facts } = startHeld('Creating', 'ddl');
    await held.play(done('sendCreate'));
    await held.play(done('syncPartition'));
    await held.play(done('commitCreated', CREATED));
    expect(facts).toEqual([]);
    await held.play(failed('expireCaches'));
    expect(facts).toEqual([{ type: 'partition.created', subject: CREATED }]);
  });

  it.each([
    ['sendCreate', []],
    ['syncPartition', [done('sendCreate')]],
    ['commitCreated', [done('sendCreate'), done('syncPartition')]],
  ] as const)(
    'tells a create failed at %s at once, before the undo is done',
    async (work, first) => {
      const { held, facts, actor } = startHeld('Creating', 'ddl');
      for (const event of first) await held.play(event);
      await held.play(failed(work));
      const reason = expect.objectContaining({ message: `${work} failed` });
      expect(facts).toEqual([
        { type: 'partition.createFailed', subject: aSubject('Creating'), reason },
      ]);
      expect(actor.getSnapshot().value).toEqual({ Undoing: 'SendingDrop' });
    },
  );

  it('accepts a drop once caches are expired, and once only', async () => {
    const { actor, held, facts } = startHeld('Created', 'watch');
    actor.send({ type: 'partition.drop', subject: DROPPING });
    expect(facts).toEqual([]);
    for (let round = 0; round < 3; round++) {
      await held.play(done('expireCaches'));
      await held.play(failed('releasePartition'));
      await held.play(delayOver('backoff', 'partition.WaitingToDrop'));
    }
    expect(facts).toEqual([{ type: 'partition.dropAccepted', subject: DROPPING }]);
  });

  it('tells of an undrop somebody did not hear of once, and announces it until all have', async () => {
    const { actor, held, facts } = startHeld('Created', 'alteration');
    for (let round = 0; round < 3; round++) {
      await held.play(failed('announceUndropped'));
      await held.play(delayOver('backoff', 'partition.WaitingToAnnounce'));
    }
    await held.play(done('announceUndropped'));
    expect(actor.getSnapshot().value).toBe('Created');
    expect(facts).toEqual([{ type: 'partition.undropped', subject: CREATED }]);
  });

  it('tells of a drop taken back after failures', async () => {
    const { actor, held, facts } = startHeld('Dropping', 'ddl');
    await held.play(done('expireCaches'));
    await held.play(failed('releasePartition'));
    actor.send({ type: 'partition.undrop', subject: CREATED });
    await held.play(done('announceUndropped'));
    expect(actor.getSnapshot().value).toBe('Created');
    expect(facts.map(({ type }) => type)).toEqual([
      'partition.dropAccepted',
      'partition.undropped',
    ]);
  });
});

describe('a dropped partition', () => {
  it('loses nothing while it is kept', async () => {
    const { actor, held } = startHeld('Dropping', 'ddl');
    await held.play(done('expireCaches'));
    await held.play(done('releasePartition'));
    expect(actor.getSnapshot().value).toEqual({ Dropping: 'Kept' });
    await held.play(done('waitWhileKept'));
    await held.play(done('confirmDrop', false));
    expect(actor.getSnapshot().value).toEqual({ Dropping: 'Kept' });
    await held.play(done('waitWhileKept'));
    await held.play(done('confirmDrop', true));
    expect(actor.getSnapshot().value).toEqual({ Dropping: 'SendingDrop' });
  });

  it('may be dismissed while it is kept, and not while it comes to be final', async () => {
    const { actor, held } = startHeld('Dropping', 'ddl');
    await held.play(done('expireCaches'));
    expect(actor.getSnapshot().hasTag('passivatable')).toBe(false);
    await held.play(done('releasePartition'));
    expect(actor.getSnapshot().hasTag('passivatable')).toBe(true);
    actor.send({ type: 'partition.sweep', subject: DROPPING });
    expect(actor.getSnapshot().value).toEqual({ Dropping: 'Confirming' });
    expect(actor.getSnapshot().hasTag('passivatable')).toBe(false);
  });

  it('is not kept again once it is final, or was found so by the sweeper', async () => {
    for (const [state, origin, word] of [
      ['Dropped', 'recovery', 'SendingDrop'],
      ['Dropping', 'sweep', 'Confirming'],
    ] as const) {
      const { actor, held } = startHeld(state, origin);
      await held.play(done('expireCaches'));
      await held.play(done('releasePartition'));
      expect(actor.getSnapshot().value).toEqual({ Dropping: word });
    }
  });

  it('has its time again when it comes back and goes anew, whoever woke it before', async () => {
    const { actor, held } = startHeld('Dropping', 'sweep');
    actor.send({ type: 'partition.undrop', subject: CREATED });
    actor.send({ type: 'partition.drop', subject: DROPPING });
    await held.play(done('expireCaches'));
    await held.play(done('releasePartition'));
    expect(actor.getSnapshot().value).toEqual({ Dropping: 'Kept' });
  });
});

describe('the end of its collection', () => {
  it('ends a partition in any state', () => {
    const ends = BEGINNINGS.flatMap(([state, origin]) => partitionPaths(state, origin)).filter(
      ({ events }) => events.at(-1) === COLLECTION_DROPPED,
    );
    const left = new Set(ends.map(({ states }) => wordOf(states.at(-2))));
    expect([...left, 'Dropped'].sort()).toEqual(wordsOf(partitionMachine).sort());
    expect(new Set(ends.map(({ states }) => states.at(-1)))).toEqual(new Set(['Dropped']));
  });

  it('fails a create for the reason it gives, whatever of it is done', async () => {
    const steps = [done('sendCreate'), done('syncPartition'), done('commitCreated', CREATED)];
    for (const count of [0, 1, 2, 3]) {
      const { actor, held, facts } = startHeld('Creating', 'ddl');
      for (const event of steps.slice(0, count)) await held.play(event);
      actor.send(COLLECTION_DROPPED);
      const { reason } = COLLECTION_DROPPED;
      expect(facts).toMatchObject([{ type: 'partition.createFailed', reason }]);
      expect(actor.getSnapshot().status).toBe('done');
    }
  });

  it('tells nothing more to whoever was told that the create failed', async () => {
    const { actor, held, facts } = startHeld('Creating', 'ddl');
    await held.play(failed('sendCreate'));
    actor.send(COLLECTION_DROPPED);
    expect(facts).toHaveLength(1);
  });

  it.each([
    ['Dropping', 'ddl', 'partition.dropAccepted'],
    ['Created', 'alteration', 'partition.undropped'],
  ] as const)('answers who waits for a %s partition, origin %s', (state, origin, type) => {
    const { actor, facts } = startHeld(state, origin);
    actor.send(COLLECTION_DROPPED);
    expect(facts).toEqual([{ type, subject: aSubject(state) }]);
  });
});

describe('unprovided', () => {
  it('starts with nothing else present, its work rejecting', async () => {
    const actor = createActor(partitionMachine, {
      input: { subject: DROPPING, origin: 'recovery' },
      clock: new HeldWork().clock,
    }).start();
    await settled();
    expect(actor.getSnapshot().value).toBe('WaitingToDrop');
    actor.stop();
  });

  it('waits twice as long after each failure, but no longer than half a minute', async () => {
    const { actor, held } = startHeld('Creating', 'recovery');
    for (const pauseMs of [
      100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000,
    ]) {
      await held.play(failed('sendDrop'));
      held.clock.increment(pauseMs - 1);
      expect(actor.getSnapshot().value).toBe('WaitingToUndo');
      held.clock.increment(1);
      expect(actor.getSnapshot().value).toEqual({ Undoing: 'SendingDrop' });
    }
  });
});
