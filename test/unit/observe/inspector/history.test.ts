import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, createActor, fromTransition, setup } from 'xstate';
import { InspectHistory } from '../../../../src/observe/inspector/history.js';

/** More events than the ring remembers messages. */
const LONG = 1_100;

interface Told {
  readonly type: string;
  readonly sessionId: string;
  readonly name?: string;
  readonly parentId?: string;
  readonly event?: { readonly type: string };
  readonly snapshot?: {
    readonly status: string;
    readonly value?: unknown;
    readonly context?: { readonly id: string; readonly count: number };
    readonly error?: { readonly message: string };
  };
}

const counter = setup({
  types: { context: {} as { id: bigint; count: number }, input: {} as { id: bigint } },
  actions: {
    add: assign({ count: ({ context }) => context.count + 1 }),
    fail: () => {
      throw new Error('thrown by an action');
    },
  },
}).createMachine({
  id: 'counter',
  initial: 'Counting',
  context: ({ input }) => ({ id: input.id, count: 0 }),
  states: {
    Counting: {
      on: { add: { actions: 'add' }, fail: { actions: 'fail' }, finish: 'Finished' },
    },
    Finished: { type: 'final' },
  },
});

const parent = setup({ actors: { counter } }).createMachine({
  id: 'parent',
  initial: 'Waiting',
  states: {
    Waiting: {
      invoke: { src: 'counter', id: 'child', input: { id: 7n }, onError: 'Bereft' },
    },
    Bereft: {},
  },
});

function openHistory(actorIdPrefix = '') {
  const published: Told[] = [];
  const history = new InspectHistory({
    nowMs: () => 0,
    publish: (message) => published.push(JSON.parse(message.toString())),
    actorIdPrefix,
  });
  const tell = (): Told[] => history.tell().map((message) => JSON.parse(message.toString()));
  return { history, published, tell, inspect: history.record.bind(history) };
}

type Inspect = ReturnType<typeof openHistory>['inspect'];

/** A root whose failure is somebody's business, so that XState does not report it to the process. */
function startCounter(inspect: Inspect, id = 1n) {
  const actor = createActor(counter, { inspect, input: { id } });
  actor.subscribe({ error: () => {} });
  return actor.start();
}

type Counter = ReturnType<typeof startCounter>;

function play(actor: Counter | undefined, { kind, times }: { kind: string; times: number }): void {
  if (actor?.getSnapshot().status !== 'active') return;
  if (kind === 'stop') actor.stop();
  else if (kind === 'add') for (let i = 0; i < times; i++) actor.send({ type: 'add' });
  else actor.send({ type: kind === 'fail' ? 'fail' : 'finish' });
}

/** The state a watcher believes in after all it was told. */
function believed(told: readonly Told[], sessionId: string) {
  return told.findLast((one) => one.sessionId === sessionId && one.snapshot !== undefined)
    ?.snapshot;
}

describe('what a late watcher is told', () => {
  it('is the whole short story, in order', () => {
    const { inspect, published, tell } = openHistory();
    const actor = startCounter(inspect);
    actor.send({ type: 'add' });
    expect(published.map(({ type, event }) => [type, event?.type])).toEqual([
      ['@xstate.actor', undefined],
      ['@xstate.event', 'xstate.init'],
      ['@xstate.snapshot', 'xstate.init'],
      ['@xstate.event', 'add'],
      ['@xstate.snapshot', 'add'],
    ]);
    expect(tell()).toEqual(published);
  });

  it('introduces an actor by its present state once its introduction is forgotten', () => {
    const { inspect, tell, history } = openHistory();
    const quiet = startCounter(inspect, 449812345678901235n);
    quiet.send({ type: 'add' });
    const busy = startCounter(inspect);
    for (let i = 0; i < LONG; i++) busy.send({ type: 'add' });
    const told = tell();
    expect(told.filter(({ sessionId }) => sessionId === quiet.sessionId)).toMatchObject([
      {
        type: '@xstate.actor',
        name: 'counter',
        snapshot: { value: 'Counting', context: { id: '449812345678901235', count: 1 } },
      },
    ]);
    expect(believed(told, busy.sessionId)?.context?.count).toBe(LONG);
    expect(history.dropped.messages).toBeGreaterThan(LONG);
  });

  it('introduces parents before children', () => {
    const { inspect, tell } = openHistory();
    const root = createActor(parent, { inspect }).start();
    const child = root.getSnapshot().children.child;
    for (let i = 0; i < LONG; i++) child?.send({ type: 'add' });
    const introduced = tell().filter(({ type }) => type === '@xstate.actor');
    expect(introduced.map(({ name, parentId }) => [name, parentId])).toEqual([
      ['parent', undefined],
      ['child', root.sessionId],
    ]);
  });

  it('shows a child that threw as failed, although XState tells no snapshot of it', () => {
    const { inspect, published } = openHistory();
    const root = createActor(parent, { inspect }).start();
    const child = root.getSnapshot().children.child;
    child?.send({ type: 'fail' });
    expect(believed(published, child?.sessionId ?? '')).toMatchObject({
      status: 'error',
      error: { message: 'thrown by an action' },
    });
    expect(believed(published, root.sessionId)).toMatchObject({
      status: 'active',
      value: 'Bereft',
    });
  });

  it('leaves out actors that ended, once their story is forgotten', () => {
    const { inspect, tell } = openHistory();
    const finished = startCounter(inspect);
    finished.send({ type: 'finish' });
    const stopped = createActor(
      fromTransition((n: number) => n + 1, 0),
      { inspect },
    ).start();
    stopped.stop();
    const busy = startCounter(inspect);
    for (let i = 0; i < LONG; i++) busy.send({ type: 'add' });
    finished.send({ type: 'add' });
    expect(new Set(tell().map(({ sessionId }) => sessionId))).toEqual(new Set([busy.sessionId]));
  });

  it('shows an actor that is done at birth', () => {
    const { inspect, tell } = openHistory();
    const done = setup({}).createMachine({
      id: 'done',
      initial: 'Z',
      states: { Z: { type: 'final' } },
    });
    createActor(done, { inspect }).start();
    expect(tell()).toMatchObject([
      { type: '@xstate.actor', name: 'done', snapshot: { status: 'done', value: 'Z' } },
      { type: '@xstate.event' },
      { type: '@xstate.snapshot', snapshot: { status: 'done' } },
    ]);
  });

  it('is only about actors whose id has the prefix', () => {
    const { inspect, published, tell } = openHistory('chi');
    const root = createActor(parent, { inspect }).start();
    const child = root.getSnapshot().children.child;
    child?.send({ type: 'fail' });
    expect(new Set(published.map(({ sessionId }) => sessionId))).toEqual(
      new Set([child?.sessionId]),
    );
    expect(believed(tell(), child?.sessionId ?? '')?.status).toBe('error');
  });

  it('introduces everybody first and ends with the state now, whatever happened', () => {
    const command = fc.oneof(
      fc.record({ kind: fc.constant('start' as const) }),
      fc.record({
        kind: fc.constantFrom('add', 'finish', 'fail', 'stop'),
        who: fc.nat(5),
        times: fc.constantFrom(1, 2, 300),
      }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 16 }), (commands) => {
        const { inspect, tell } = openHistory();
        const actors = [startCounter(inspect)];
        for (const one of commands) {
          if ('who' in one) play(actors[one.who % actors.length], one);
          else actors.push(startCounter(inspect));
        }
        const told = tell();
        for (const actor of actors) {
          const { status, context } = actor.getSnapshot();
          const first = told.find(({ sessionId }) => sessionId === actor.sessionId);
          expect(first?.type ?? `nothing, as it is ${status}`).toMatch(
            /@xstate.actor|nothing.*(done|error|stopped)$/,
          );
          if (first === undefined) continue;
          expect(believed(told, actor.sessionId)).toMatchObject({
            status,
            context: { count: context.count },
          });
        }
      }),
      { numRuns: 30 },
    );
  });
});
