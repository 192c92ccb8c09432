import {
  type AnyActorLogic,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  fromPromise,
  SimulatedClock,
  transition,
} from 'xstate';
import { getShortestPaths } from 'xstate/graph';

/** An event of a machine, or one XState makes itself: invoked work done or failed, a delay over. */
export interface PlayedEvent {
  readonly type: string;
  readonly [payload: string]: unknown;
}

export interface PlayedPath {
  readonly title: string;
  readonly events: readonly PlayedEvent[];
  /** State value of the machine after each event; the first one before any. */
  readonly states: readonly unknown[];
}

export const done = (work: string, output?: unknown): PlayedEvent => ({
  type: `xstate.done.actor.${work}`,
  output,
  actorId: work,
});

export const failed = (work: string): PlayedEvent => ({
  type: `xstate.error.actor.${work}`,
  error: new Error(`${work} failed`),
  actorId: work,
});

/** The delay of a state is over, e.g. `after('backoff', 'collection.WaitingToDrop')`. */
export const after = (delay: string, stateId: string): PlayedEvent => ({
  type: `xstate.after.${delay}.${stateId}`,
});

interface PathOptions {
  readonly input: unknown;
  readonly events: readonly PlayedEvent[];
  /** What of the context tells two states apart, besides the state value. */
  readonly distinguish?: (snapshot: AnyMachineSnapshot) => string;
}

/**
 * One path for every edge of the graph: the shortest way to the edge's source, then the edge.
 * Events a state does not handle are no edges.
 */
export function pathsOf(
  logic: AnyActorLogic,
  { input, events, distinguish = () => '' }: PathOptions,
): PlayedPath[] {
  const paths = getShortestPaths(logic, {
    input,
    events,
    serializeState: (snapshot) => `${JSON.stringify(snapshot.value)}|${distinguish(snapshot)}`,
    serializeEvent: eventWord,
    limit: 100_000,
  });
  return paths.flatMap(({ steps, state }) => {
    const played = steps.slice(1).map(({ event }) => event as PlayedEvent);
    const states = steps.map((step) => step.state.value);
    return events
      .filter((event) => state.status === 'active' && state.can(event))
      .map((event) => ({
        title: [...played, event].map(eventWord).join(' → '),
        events: [...played, event],
        states: [...states, nextValue(logic, state, event)],
      }));
  });
}

/** Work that answers yes or no ends in two ways. */
const eventWord = ({
  type,
  output,
}: {
  readonly type: string;
  readonly output?: unknown;
}): string => `${type.replace(/^xstate\./, '')}${typeof output === 'boolean' ? `: ${output}` : ''}`;

function nextValue(machine: AnyActorLogic, state: AnyMachineSnapshot, event: PlayedEvent): unknown {
  const [next] = transition(machine, state, event);
  return next.value;
}

interface Pending {
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

const LONGER_THAN_ANY_DELAY_MS = 24 * 3_600_000;

/** Every state of a machine, at any depth. */
export const statesOf = ({ root }: AnyStateMachine): AnyStateNode[] => statesBelow(root);

const statesBelow = (node: AnyStateNode): AnyStateNode[] =>
  Object.values(node.states).flatMap((child) => [child, ...statesBelow(child)]);

/** `Creating.Committing` for the state value `{ Creating: 'Committing' }`; not for parallel ones. */
export const wordOf = (state: unknown): string =>
  typeof state === 'object' && state !== null
    ? Object.entries(state).flat().join('.')
    : String(state);

/** The states an actor can stay in, as words; the others are left at once or have states inside. */
export const wordsOf = (machine: AnyStateMachine): string[] =>
  statesOf(machine)
    .filter((node) => Object.keys(node.states).length === 0 && !node.always)
    .map(({ path }) => path.join('.'));

/** Every transition of the machine, as `<state> on <event>`; those taken without an event aside. */
export const transitionsOf = (machine: AnyStateMachine): string[] =>
  [machine.root, ...statesOf(machine)].flatMap((node) =>
    [...node.transitions.keys()].map((type) => transitionWord(node, type)),
  );

/** The transitions some path takes: an event is handled by the innermost state that knows it. */
export function transitionsTaken(
  machine: AnyStateMachine,
  paths: readonly PlayedPath[],
): Set<string> {
  const taken = paths.flatMap(({ events, states }) =>
    events.flatMap(({ type }, i) => {
      const handler = nodesOf(machine, wordOf(states[i])).find((node) =>
        node.transitions.has(type),
      );
      return handler ? [transitionWord(handler, type)] : [];
    }),
  );
  return new Set(taken);
}

const transitionWord = (node: AnyStateNode, type: string): string => `${node.id} on ${type}`;

/** The states an actor is in at once, innermost first. */
function nodesOf({ root }: AnyStateMachine, word: string): AnyStateNode[] {
  const nodes: AnyStateNode[] = [root];
  for (const key of word.split('.')) {
    const child = nodes[0]?.states[key];
    if (child) nodes.unshift(child);
  }
  return nodes;
}

/** Invoked work that waits until the test says how it ends. */
export class HeldWork {
  readonly clock = new SimulatedClock();
  readonly #pending = new Map<string, Pending>();

  /** Promise actors for `machine.provide({ actors })`, one per name. */
  actors(names: readonly string[]) {
    return Object.fromEntries(
      names.map((name) => [
        name,
        fromPromise(
          () =>
            new Promise<unknown>((resolve, reject) => this.#pending.set(name, { resolve, reject })),
        ),
      ]),
    );
  }

  /** Ends held work or lets a delay pass, as the event says; false for an event of the machine. */
  async play(event: PlayedEvent): Promise<boolean> {
    if (!event.type.startsWith('xstate.')) return false;
    const [, kind, , ...rest] = event.type.split('.');
    if (kind === 'after') this.clock.increment(LONGER_THAN_ANY_DELAY_MS);
    else if (kind === 'done') this.#take(rest.join('.')).resolve(event.output);
    else this.#take(rest.join('.')).reject(event.error);
    await settled();
    return true;
  }

  #take(work: string): Pending {
    const pending = this.#pending.get(work);
    if (!pending) throw new Error(`${work} was not started`);
    this.#pending.delete(work);
    return pending;
  }
}

/** Lets every promise that is already decided run its course. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
