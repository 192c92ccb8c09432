import { describe, expect, it, test } from 'vitest';
import { createActor } from 'xstate';
import {
  type IndexBuildFact,
  indexBuildMachine,
} from '../../../machines/data/index-build.machine.js';
import type { BuildState } from '../../../src/domain/indexes/index-progress.js';
import { aBuild, BUILD_COMMANDS, BUILD_WORK, buildPaths } from '../../kit/index-build-paths.js';
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

function startHeld(state: BuildState) {
  const held = new HeldWork();
  const facts: IndexBuildFact[] = [];
  const actor = createActor(indexBuildMachine.provide({ actors: held.actors(BUILD_WORK) }), {
    clock: held.clock,
    input: { build: aBuild(state) },
  });
  actor.on('*', (fact) => facts.push(fact));
  actor.start();
  return { actor, held, facts };
}

/** Where a build begins, and what its job comes to. */
const BEGINNINGS = [
  ['Unissued', 'Finished'],
  ['Unissued', 'Failed'],
  ['Unissued', 'Retry'],
  ['InProgress', 'Finished'],
  ['Retry', 'Finished'],
] as const;

describe.each(BEGINNINGS)('from a build that is %s and comes to %s', (state, verdict) => {
  const paths = buildPaths(state, verdict);

  test.each(paths.map((path) => [path.title, path] as const))('%s', async (_title, path) => {
    const { actor, held } = startHeld(state);
    expect(actor.getSnapshot().value).toEqual(path.states[0]);
    for (const [i, event] of path.events.entries()) {
      const command = BUILD_COMMANDS.find((own) => own === event);
      if (command) actor.send(command);
      else await held.play(event);
      expect(actor.getSnapshot().value).toEqual(path.states[i + 1]);
    }
    actor.stop();
  });
});

describe('the graph', () => {
  const paths = BEGINNINGS.flatMap(([state, verdict]) => buildPaths(state, verdict));

  it('is walked whole: every state an actor can stay in, every transition', () => {
    const walked = new Set(paths.flatMap(({ states }) => states.map(wordOf)));
    expect(wordsOf(indexBuildMachine).filter((word) => !walked.has(word))).toEqual([]);
    const taken = transitionsTaken(indexBuildMachine, paths);
    expect(taken.size).toBeGreaterThan(15);
    expect(transitionsOf(indexBuildMachine).filter((word) => !taken.has(word))).toEqual([]);
  });

  it('describes every state', () => {
    const silent = statesOf(indexBuildMachine).filter((node) => !node.description);
    expect(silent.map((node) => node.id)).toEqual([]);
  });

  it.each([
    ['Unissued', { Unissued: 'Placing' }],
    ['InProgress', { InProgress: 'Creating' }],
    ['Retry', { Retry: 'DroppingJob' }],
    ['Finished', 'Finished'],
    ['Failed', 'Failed'],
  ] as const)('takes a %s build up at %o after a restart', (state, value) => {
    expect(startHeld(state).actor.getSnapshot().value).toEqual(value);
  });
});

describe('a build', () => {
  it('without an index node waits, says why, and goes on as soon as there is one', async () => {
    const { actor, held, facts } = startHeld('Unissued');
    await held.play(failed('placeBuild'));
    expect(actor.getSnapshot().value).toEqual({ Unissued: 'Waiting' });
    expect(actor.getSnapshot().context.waitingFor).toBe('placeBuild failed');
    expect(facts).toEqual([
      { type: 'indexBuild.waiting', build: aBuild('Unissued'), reason: 'placeBuild failed' },
    ]);
    actor.send({ type: 'indexBuild.nodeAvailable' });
    await held.play(done('placeBuild', aBuild('InProgress')));
    expect(actor.getSnapshot().value).toEqual({ InProgress: 'Creating' });
    expect(actor.getSnapshot().context.waitingFor).toBe('');
  });

  it('of a segment that needs none ends at once', async () => {
    const { actor, held, facts } = startHeld('Unissued');
    await held.play(done('placeBuild', aBuild('Finished')));
    expect(actor.getSnapshot().value).toBe('Finished');
    expect(facts).toEqual([{ type: 'indexBuild.ended', build: aBuild('Finished') }]);
  });

  it('tells its end once it is durable, before the node has forgotten the job', async () => {
    const { actor, held, facts } = startHeld('InProgress');
    await held.play(done('createJob'));
    await held.play(done('awaitJob', { kind: 'finished', fileKeys: [], bytes: 0n }));
    expect(facts).toEqual([]);
    await held.play(done('commitOutcome', aBuild('Finished')));
    expect(facts).toEqual([{ type: 'indexBuild.ended', build: aBuild('Finished') }]);
    await held.play(failed('dropJob'));
    await held.play(delayOver('backoff', 'indexBuild.CleaningUp.Waiting'));
    await held.play(done('dropJob'));
    expect(actor.getSnapshot()).toMatchObject({ value: 'Finished', status: 'done' });
    expect(facts).toHaveLength(1);
  });

  it('that failed stays failed', async () => {
    const { actor, held, facts } = startHeld('InProgress');
    await held.play(done('createJob'));
    await held.play(done('awaitJob', { kind: 'failed', reason: 'bad data' }));
    expect(actor.getSnapshot().context.outcome).toEqual({ kind: 'failed', reason: 'bad data' });
    await held.play(done('commitOutcome', aBuild('Failed')));
    await held.play(done('dropJob'));
    expect(actor.getSnapshot()).toMatchObject({ value: 'Failed', status: 'done' });
    expect(facts).toEqual([{ type: 'indexBuild.ended', build: aBuild('Failed') }]);
  });

  it.each([
    ['createJob', []],
    ['awaitJob', [done('createJob')]],
  ] as const)('whose node breaks down at %s is placed again after a pause', async (work, first) => {
    const { actor, held, facts } = startHeld('InProgress');
    for (const event of first) await held.play(event);
    await held.play(failed(work));
    const outcome = { kind: 'retry', reason: `${work} failed` };
    expect(actor.getSnapshot().context.outcome).toEqual(outcome);
    await held.play(done('commitOutcome', aBuild('Retry')));
    await held.play(failed('dropJob'));
    expect(actor.getSnapshot().value).toEqual({ Retry: 'Waiting' });
    await held.play(delayOver('backoff', 'indexBuild.Retry.Waiting'));
    expect(actor.getSnapshot().value).toEqual({ Unissued: 'Placing' });
    expect(facts).toEqual([]);
  });

  it('pauses longer each time it breaks down', async () => {
    const { actor, held } = startHeld('InProgress');
    for (let attempt = 1; attempt <= 3; attempt++) {
      await held.play(failed('createJob'));
      await held.play(done('commitOutcome', aBuild('Retry')));
      await held.play(done('dropJob'));
      const pauseMs = 100 * 2 ** (attempt - 1);
      held.clock.increment(pauseMs - 1);
      await settled();
      expect(actor.getSnapshot().value).toEqual({ Retry: 'Waiting' });
      held.clock.increment(1);
      await settled();
      await held.play(done('placeBuild', aBuild('InProgress')));
    }
  });

  it('offers its outcome to the store until it takes it', async () => {
    const { actor, held, facts } = startHeld('InProgress');
    await held.play(done('createJob'));
    await held.play(done('awaitJob', { kind: 'finished', fileKeys: [], bytes: 0n }));
    await held.play(failed('commitOutcome'));
    expect(actor.getSnapshot().value).toEqual({ InProgress: 'WaitingToCommit' });
    await held.play(delayOver('backoff', 'indexBuild.InProgress.WaitingToCommit'));
    expect(facts).toEqual([]);
    await held.play(done('commitOutcome', aBuild('Finished')));
    expect(facts).toHaveLength(1);
  });

  it('nobody wants any more ends when the node has forgotten it, wherever it was', async () => {
    const ends = BEGINNINGS.flatMap(([state, verdict]) => buildPaths(state, verdict)).filter(
      ({ events }) => events.at(-1)?.type === 'indexBuild.abandon',
    );
    expect(ends.length).toBeGreaterThan(5);
    for (const { states } of ends) {
      expect(states.at(-1)).toEqual({ Abandoning: 'DroppingJob' });
    }
    const { actor, held, facts } = startHeld('InProgress');
    actor.send({ type: 'indexBuild.abandon' });
    await held.play(done('dropJob'));
    expect(actor.getSnapshot()).toMatchObject({ value: 'Abandoned', status: 'done' });
    expect(facts).toEqual([]);
  });
});
