import { describe, expect, it, test } from 'vitest';
import { createActor } from 'xstate';
import {
  type CollectionFact,
  type CollectionOrigin,
  collectionMachine,
} from '../../../machines/root/collection.machine.js';
import type { LifecycleState } from '../../../src/domain/records.js';
import { COLLECTION_WORK, CREATED, collectionPaths, DROPPING } from '../../kit/collection-paths.js';
import { done, failed, HeldWork, settled, statesOf } from '../../kit/machine-paths.js';
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

describe.each([
  ['Creating', 'ddl'],
  ['Creating', 'recovery'],
  ['Dropping', 'recovery'],
  ['Created', 'watch'],
] as const)('from a %s record, origin %s', (state, origin) => {
  const paths = collectionPaths(state, origin);

  test.each(paths.map((path) => [path.title, path] as const))('%s', async (_title, path) => {
    const { actor, held } = startHeld(state, origin);
    expect(actor.getSnapshot().value).toEqual(path.states[0]);
    for (const [i, event] of path.events.entries()) {
      if (!(await held.play(event))) actor.send({ type: 'collection.drop', record: DROPPING });
      expect(actor.getSnapshot().value).toEqual(path.states[i + 1]);
    }
    actor.stop();
  });
});

/** Every state value any of the paths passes through, as dotted words. */
function statesWalked(): Set<string> {
  const walked = new Set<string>();
  for (const state of ['Creating', 'Created', 'Dropping', 'Dropped'] as const) {
    for (const origin of ['ddl', 'recovery', 'watch'] as const) {
      for (const path of collectionPaths(state, origin)) {
        for (const value of path.states) walked.add(JSON.stringify(value));
      }
    }
  }
  return walked;
}

describe('the graph', () => {
  it('is walked whole: every state but Routing, which is left at once', () => {
    const leaves = statesOf(collectionMachine)
      .filter((node) => Object.keys(node.states).length === 0)
      .map((node) => node.path);
    expect(leaves.length).toBeGreaterThan(10);
    const walked = statesWalked();
    const asValue = (path: readonly string[]): string =>
      JSON.stringify(path.length === 1 ? path[0] : { [path[0] ?? '']: path[1] });
    const unseen = leaves.filter((path) => path[0] !== 'Routing' && !walked.has(asValue(path)));
    expect(unseen).toEqual([]);
  });

  it('describes every state', () => {
    const silent = statesOf(collectionMachine).filter((node) => !node.description);
    expect(silent.map((node) => node.id)).toEqual([]);
  });
});

describe('facts', () => {
  it('tells created only after the Created record is committed and caches are expired', async () => {
    const { held, facts } = startHeld('Creating', 'ddl');
    await held.play(done('watchChannels'));
    await held.play(done('commitCreated', CREATED));
    expect(facts).toEqual([]);
    await held.play(failed('expireCaches'));
    expect(facts).toEqual([{ type: 'collection.created', record: CREATED }]);
  });

  it('tells a failed create at once, before the undo is done', async () => {
    const { held, facts, actor } = startHeld('Creating', 'ddl');
    await held.play(failed('watchChannels'));
    expect(facts).toMatchObject([{ type: 'collection.createFailed' }]);
    expect(actor.getSnapshot().value).toEqual({ Undoing: 'UnwatchingChannels' });
  });

  it('accepts a drop once caches are expired, however long the rest takes', async () => {
    const { actor, held, facts } = startHeld('Created', 'watch');
    actor.send({ type: 'collection.drop', record: DROPPING });
    expect(facts).toEqual([]);
    await held.play(done('expireCaches'));
    expect(facts).toEqual([{ type: 'collection.dropAccepted', record: DROPPING }]);
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
