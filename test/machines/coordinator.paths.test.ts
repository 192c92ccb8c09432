import { describe, expect, it, test } from 'vitest';
import { createActor } from 'xstate';
import { coordinatorMachine } from '../../machines/coordinator.machine.js';
import { after, done, failed, HeldWork, pathsOf, statesOf } from '../kit/machine-paths.js';

const WORK = ['openStore', 'campaign', 'recover', 'stop', 'abandon'];
const INPUT = { campaignPauseMs: 500 };

const COMMANDS = [
  { type: 'coordinator.stop' as const },
  { type: 'leadership.lost' as const },
  { type: 'coordinator.failed' as const, reason: 'broken' },
];
const ELECTED = done('campaign', { kind: 'elected' });
const HELD = done('campaign', { kind: 'held', holder: 'pid 7' });

const edges = [
  ...COMMANDS,
  ...WORK.filter((work) => work !== 'campaign').map((work) => done(work)),
  ...WORK.map((work) => failed(work)),
  after('campaignPause', 'coordinator.Standby.Waiting'),
];
/** The outcome of a campaign is in its payload, so each outcome has its own set of paths. */
const paths = [ELECTED, HELD].flatMap((campaign) =>
  pathsOf(coordinatorMachine, { input: INPUT, events: [...edges, campaign] }),
);

function startHeld() {
  const held = new HeldWork();
  const actor = createActor(coordinatorMachine.provide({ actors: held.actors(WORK) }), {
    input: INPUT,
    clock: held.clock,
  });
  return { held, actor: actor.start() };
}

test.each(paths.map((path) => [path.title, path] as const))('%s', async (_title, path) => {
  const { actor, held } = startHeld();
  expect(actor.getSnapshot().value).toEqual(path.states[0]);
  for (const [i, event] of path.events.entries()) {
    const command = COMMANDS.find(({ type }) => type === event.type);
    if (command) actor.send(command);
    else await held.play(event);
    expect(actor.getSnapshot().value).toEqual(path.states[i + 1]);
  }
  actor.stop();
});

describe('the graph', () => {
  it('is walked whole', () => {
    const walked = new Set(paths.flatMap(({ states }) => states.map((s) => JSON.stringify(s))));
    const words = statesOf(coordinatorMachine)
      .filter((node) => Object.keys(node.states).length === 0)
      .map(({ key }) => key);
    expect(words).toContain('Healthy');
    const unseen = words.filter((word) => ![...walked].some((state) => state.includes(word)));
    expect(unseen).toEqual([]);
  });

  it('describes every state', () => {
    const silent = statesOf(coordinatorMachine).filter((node) => !node.description);
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  it('never leaves Abnormal for anything but the end', () => {
    const after = paths.flatMap(({ states }) =>
      states.flatMap((state, i) => (states[i - 1] === 'Abnormal' ? [state] : [])),
    );
    expect(new Set(after)).toEqual(new Set(['Abandoned']));
  });
});

it('asks again after the pause when the store is held', async () => {
  const { actor, held } = startHeld();
  await held.play(done('openStore'));
  await held.play(HELD);
  held.clock.increment(499);
  expect(actor.getSnapshot().value).toEqual({ Standby: 'Waiting' });
  held.clock.increment(1);
  expect(actor.getSnapshot().value).toEqual({ Standby: 'Campaigning' });
});
