import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createActor } from 'xstate';
import {
  type DdlSupervisorFact,
  type DdlTicket,
  ddlSupervisorMachine,
} from '../../../machines/root/ddl-supervisor.machine.js';
import type { TaskId } from '../../../src/domain/ids.js';
import { done, failed, HeldWork, pathsOf, statesOf } from '../../kit/machine-paths.js';

/** A task with a key for each letter. */
const ticket = (
  taskId: number,
  orderKeys: string,
  lane: DdlTicket['lane'] = 'client',
): DdlTicket => ({ taskId: BigInt(taskId) as TaskId, orderKeys: [...orderKeys], lane });

const submit = (...args: Parameters<typeof ticket>) => ({
  type: 'ddl.submit' as const,
  ticket: ticket(...args),
});
const settled = (taskId: number) => ({
  type: 'ddl.settled' as const,
  taskId: BigInt(taskId) as TaskId,
});
const performed = (...stillBusy: number[]) =>
  done('performBatch', { stillBusy: stillBusy.map((id) => BigInt(id) as TaskId) });

function startHeld(input = { queueLengthMax: 3, batchSizeMax: 2 }) {
  const held = new HeldWork();
  const facts: DdlSupervisorFact[] = [];
  const actor = createActor(
    ddlSupervisorMachine.provide({ actors: held.actors(['performBatch']) }),
    { input, clock: held.clock },
  );
  actor.on('*', (fact) => facts.push(fact));
  actor.start();
  const running = () => actor.getSnapshot().context.running.map(({ taskId }) => Number(taskId));
  return { actor, held, facts, running };
}

const COMMANDS = [submit(1, 'a'), submit(2, 'b'), settled(1), { type: 'ddl.drain' as const }];
const EVENTS = [...COMMANDS, performed(1), failed('performBatch')];

/** One place in the queue keeps the graph finite; work never refused is looked at further down. */
const INPUT = { queueLengthMax: 1, batchSizeMax: 1 };
const paths = pathsOf(ddlSupervisorMachine, {
  input: INPUT,
  events: EVENTS,
  distinguish: ({ context }) =>
    [context.waiting, context.running]
      .map((tickets: DdlTicket[]) => tickets.map(({ taskId }) => taskId).join())
      .concat([...context.busy.keys()].join())
      .join('|'),
});

describe('every edge of the graph', () => {
  test.each(paths.map((path) => [path.title, path] as const))('%s', async (_title, path) => {
    const { actor, held } = startHeld(INPUT);
    expect(actor.getSnapshot().value).toEqual(path.states[0]);
    for (const [i, event] of path.events.entries()) {
      const command = COMMANDS.find((own) => own === event);
      if (command) actor.send(command);
      else await held.play(event);
      expect(actor.getSnapshot().value).toEqual(path.states[i + 1]);
    }
    actor.stop();
  });

  it('reaches every state', () => {
    const walked = new Set(paths.flatMap(({ states }) => states.map((s) => JSON.stringify(s))));
    for (const word of ['Open', 'Closed', 'Idle', 'Performing', 'Drained', 'Failed']) {
      expect([...walked].some((state) => state.includes(word))).toBe(true);
    }
  });

  it('describes every state', () => {
    const silent = statesOf(ddlSupervisorMachine).filter((node) => !node.description);
    expect(silent.map(({ id }) => id)).toEqual([]);
  });
});

describe('order', () => {
  it('runs tasks on different objects together, up to the batch size', () => {
    const { actor, running } = startHeld();
    actor.send(submit(1, 'a'));
    actor.send(submit(2, 'b'));
    actor.send(submit(3, 'c'));
    expect(running()).toEqual([1]);
  });

  it('takes up to a batch of what queued meanwhile, in queue order', async () => {
    const { actor, held, running } = startHeld();
    actor.send(submit(1, 'a'));
    actor.send(submit(2, 'b'));
    actor.send(submit(3, 'c'));
    actor.send(submit(4, 'd'));
    await held.play(performed());
    expect(running()).toEqual([2, 3]);
    await held.play(performed());
    expect(running()).toEqual([4]);
  });

  it('lets no task overtake another with its key, though later keys may', async () => {
    const { actor, held, running } = startHeld();
    actor.send(submit(1, 'a'));
    actor.send(submit(2, 'a'));
    actor.send(submit(3, 'b'));
    await held.play(performed(1));
    expect(running()).toEqual([3]);
    await held.play(performed());
    expect(running()).toEqual([]);
    actor.send(settled(1));
    expect(running()).toEqual([2]);
  });

  it('frees the key of a task that settled before its batch reported', async () => {
    const { actor, held, running } = startHeld();
    actor.send(submit(1, 'a'));
    actor.send(submit(2, 'a'));
    actor.send(settled(1));
    await held.play(performed(1));
    expect(running()).toEqual([2]);
  });
});

describe('a task with several keys', () => {
  it('waits until all of them are free', async () => {
    const { actor, held, running } = startHeld();
    actor.send(submit(1, 'a'));
    actor.send(submit(2, 'b'));
    await held.play(performed(1));
    await held.play(performed(2));
    actor.send(submit(3, 'ab'));
    actor.send(settled(1));
    expect(running()).toEqual([]);
    actor.send(settled(2));
    expect(running()).toEqual([3]);
  });

  it('holds all of them while it is busy', async () => {
    const { actor, held, running } = startHeld({ queueLengthMax: 4, batchSizeMax: 4 });
    actor.send(submit(1, 'ab'));
    for (const [id, key] of [
      [2, 'b'],
      [3, 'a'],
      [4, 'c'],
    ] as const)
      actor.send(submit(id, key));
    await held.play(performed(1));
    expect(running()).toEqual([4]);
    await held.play(performed());
    actor.send(settled(1));
    expect(running()).toEqual([2, 3]);
  });

  it('is not overtaken on a free key while it waits for a busy one', async () => {
    const { actor, held, running } = startHeld();
    actor.send(submit(1, 'a'));
    actor.send(submit(2, 'ab'));
    actor.send(submit(3, 'b'));
    await held.play(performed(1));
    expect(running()).toEqual([]);
    actor.send(settled(1));
    expect(running()).toEqual([2]);
    await held.play(performed());
    expect(running()).toEqual([3]);
  });

  it('lets no batch be performed that has nothing to do', async () => {
    const { actor, held } = startHeld();
    actor.send(submit(1, 'a'));
    for (const [id, keys] of [
      [2, 'ab'],
      [3, 'bc'],
      [4, 'c'],
    ] as const)
      actor.send(submit(id, keys));
    await held.play(performed(1));
    expect(actor.getSnapshot().matches({ work: 'Idle' })).toBe(true);
  });

  it('is begun after every earlier task it shares a key with has settled, and is begun at last', () =>
    fc.assert(fc.asyncProperty(someRounds, expectOrdered), { numRuns: 200 }));
});

/** What is submitted while a batch runs: the keys of each task, and whether it stays busy. */
const someRounds = fc.array(
  fc.array(
    fc.record({
      keys: fc.constantFrom('a', 'b', 'c', 'd', 'ab', 'bc', 'cd', 'abc'),
      staysBusy: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  { minLength: 1, maxLength: 6 },
);

type Rounds = typeof someRounds extends fc.Arbitrary<infer T> ? T : never;

async function expectOrdered(rounds: Rounds): Promise<void> {
  const { actor, held, running } = startHeld({ queueLengthMax: 100, batchSizeMax: 3 });
  const tasks = rounds.flat().map((task, i) => ({ ...task, id: i + 1 }));
  const finished = new Set<number>();
  const busy: number[] = [];
  const rest = [...tasks];
  const finish = async () => {
    const batch = tasks.filter(({ id }) => running().includes(id));
    for (const { id, keys } of batch) expect(earlierWith(keys, id)).toEqual([]);
    const still = batch.filter(({ staysBusy }) => staysBusy).map(({ id }) => id);
    busy.push(...still);
    for (const { id, staysBusy } of batch) if (!staysBusy) finished.add(id);
    await held.play(performed(...still));
  };
  const earlierWith = (keys: string, before: number) =>
    tasks.filter(
      ({ id, keys: others }) =>
        id < before && !finished.has(id) && [...others].some((key) => keys.includes(key)),
    );
  for (const round of rounds) {
    for (const { id, keys } of rest.splice(0, round.length)) actor.send(submit(id, keys));
    if (running().length > 0) await finish();
  }
  while (finished.size < tasks.length) {
    const next = busy.shift();
    if (next !== undefined) {
      finished.add(next);
      actor.send(settled(next));
    } else expect(running()).not.toEqual([]);
    if (running().length > 0) await finish();
  }
  actor.stop();
}

describe('limits', () => {
  it('refuses client tasks past the queue length, but never work already admitted', () => {
    const { actor, facts } = startHeld();
    actor.send(submit(1, 'a'));
    for (const id of [2, 3, 4]) actor.send(submit(id, 'a'));
    expect(facts).toEqual([]);
    actor.send(submit(5, 'x'));
    expect(facts).toEqual([{ type: 'ddl.refused', taskId: 5n, why: 'queueFull' }]);
    actor.send(submit(6, 'y', 'lifecycle'));
    expect(facts).toHaveLength(1);
  });
});

describe('work of actors', () => {
  it('goes before what clients asked for, in its own order', async () => {
    const { actor, held, running } = startHeld();
    actor.send(submit(1, 'a'));
    actor.send(submit(2, 'b'));
    actor.send(submit(3, 'x', 'lifecycle'));
    actor.send(submit(4, 'y', 'lifecycle'));
    await held.play(performed());
    expect(running()).toEqual([3, 4]);
  });

  it('overtakes nobody it shares a key with', async () => {
    const { actor, held, running } = startHeld();
    actor.send(submit(1, 'a'));
    actor.send(submit(2, 'x'));
    actor.send(submit(3, 'x', 'lifecycle'));
    await held.play(performed());
    expect(running()).toEqual([2]);
  });
});

describe('draining', () => {
  it('refuses clients at once, finishes what was accepted, then says so', async () => {
    const { actor, held, facts } = startHeld();
    actor.send(submit(1, 'a'));
    actor.send({ type: 'ddl.drain' });
    actor.send(submit(2, 'b'));
    expect(facts).toEqual([{ type: 'ddl.refused', taskId: 2n, why: 'draining' }]);
    actor.send(submit(3, 'a', 'lifecycle'));
    await held.play(performed());
    expect(facts).toHaveLength(1);
    await held.play(performed());
    expect(facts.at(-1)).toEqual({ type: 'ddl.drained' });
  });

  it('waits for objects that are still busy', async () => {
    const { actor, held, facts } = startHeld();
    actor.send(submit(1, 'a'));
    await held.play(performed(1));
    actor.send({ type: 'ddl.drain' });
    expect(facts).toEqual([]);
    actor.send(settled(1));
    expect(facts).toEqual([{ type: 'ddl.drained' }]);
  });
});

describe('a broken batch', () => {
  it('stops the queue for good and says why', async () => {
    const { actor, held, facts, running } = startHeld();
    actor.send(submit(1, 'a'));
    await held.play(failed('performBatch'));
    expect(facts).toMatchObject([{ type: 'ddl.failed', reason: { message: expect.any(String) } }]);
    actor.send(submit(2, 'b'));
    expect(running()).toEqual([1]);
  });
});
