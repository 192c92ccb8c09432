import { Violation } from './violation.js';

/** What one collection name was asked, and what the answer said. */
export type NameOperation =
  | {
      readonly kind: 'create';
      /** Which definition was asked for. */
      readonly shape: string;
      /** `refused` because something of another definition is there; `unanswered` tells nothing. */
      readonly outcome: 'done' | 'refused' | 'unanswered';
    }
  | { readonly kind: 'drop'; readonly outcome: 'done' | 'unanswered' }
  | { readonly kind: 'read'; readonly found: Sighting | undefined };

/** What a reader learned of a collection; each RPC tells another part. */
export interface Sighting {
  readonly id?: bigint;
  readonly shape?: string;
}

/** One call; the two numbers order it among all calls of the test. */
export interface TimedOperation {
  readonly operation: NameOperation;
  readonly startedAt: number;
  /** Infinity while there is no answer. */
  readonly endedAt: number;
}

/** What stands under a name at one moment. */
export interface NameState {
  /** Undefined when there is no collection of this name. */
  readonly shape: string | undefined;
  /** Undefined until a reader has learned it. */
  readonly id: bigint | undefined;
  /** The largest id the name ever had: a new collection gets a larger one. */
  readonly lastId: bigint;
}

/** A name that was never used. */
export const UNUSED_NAME: NameState = { shape: undefined, id: undefined, lastId: 0n };

/** Far above what a round makes; a search that large is a mistake of the test. */
const MOMENTS_MAX = 500_000;

const isUnanswered = ({ operation }: TimedOperation): boolean =>
  operation.kind !== 'read' && operation.outcome === 'unanswered';

/**
 * Every state the name may be in after these calls: some order explains all answers, in which no
 * call comes before one that had ended when it started. Calls without an answer may have happened
 * at any time after their start, or never. Empty when no order explains the answers: the history
 * is not linearizable.
 *
 * @param initial the states the name may have been in before the first call.
 */
export function possibleStates(
  initial: readonly NameState[],
  operations: readonly TimedOperation[],
): NameState[] {
  const calls = [...operations].sort((a, b) => a.startedAt - b.startedAt);
  const answered = calls.reduce((set, call, i) => (isUnanswered(call) ? set : set | bit(i)), 0n);
  const moments = initial.map((state): Moment => ({ done: 0n, state }));
  const seen = new Set(moments.map(keyOf));
  const ends = new Map<string, NameState>();
  for (let moment = moments.pop(); moment; moment = moments.pop()) {
    if ((moment.done & answered) === answered) ends.set(stateKey(moment.state), moment.state);
    for (const next of nextMoments(calls, moment)) {
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      moments.push(next);
    }
    if (seen.size > MOMENTS_MAX) throw new Error(`${calls.length} calls are too tangled to judge`);
  }
  return [...ends.values()];
}

/**
 * As `possibleStates`, but no state at all is a violation.
 *
 * @param earlier calls that led to `initial`, for the evidence.
 */
export function judgeName(
  name: string,
  initial: readonly NameState[],
  operations: readonly TimedOperation[],
  earlier: readonly TimedOperation[] = [],
): NameState[] {
  const states = possibleStates(initial, operations);
  if (states.length > 0) return states;
  throw new Violation(`no order of the calls explains what was answered about ${name}`, {
    earlier,
    statesBefore: initial,
    calls: operations,
  });
}

/** A set of calls that have happened, and what they left. */
interface Moment {
  /** Bit i stands for call i. */
  readonly done: bigint;
  readonly state: NameState;
}

const bit = (i: number): bigint => 1n << BigInt(i);

const stateKey = ({ shape, id, lastId }: NameState): string => `${shape}/${id}/${lastId}`;

const keyOf = ({ done, state }: Moment): string => `${done.toString(36)}|${stateKey(state)}`;

function* nextMoments(calls: readonly TimedOperation[], moment: Moment): Generator<Moment> {
  const open = calls.map((call, i) => ({ call, i })).filter(({ i }) => !(moment.done & bit(i)));
  const firstEnd = Math.min(...open.map(({ call }) => call.endedAt));
  for (const { call, i } of open) {
    if (call.startedAt > firstEnd) return;
    const state = apply(call.operation, moment.state);
    if (state) yield { done: moment.done | bit(i), state };
  }
}

/** The state after an operation, or undefined when it could not have been answered like that. */
function apply(operation: NameOperation, state: NameState): NameState | undefined {
  switch (operation.kind) {
    case 'create':
      return applyCreate(operation.shape, operation.outcome, state);
    case 'drop':
      return { shape: undefined, id: undefined, lastId: state.id ?? state.lastId };
    case 'read':
      return applyRead(operation.found, state);
  }
}

function applyCreate(
  shape: string,
  outcome: 'done' | 'refused' | 'unanswered',
  state: NameState,
): NameState | undefined {
  const isFree = state.shape === undefined;
  if (outcome === 'refused') return isFree || state.shape === shape ? undefined : state;
  if (isFree) return { ...state, shape, id: undefined };
  return state.shape === shape ? state : undefined;
}

function applyRead(found: Sighting | undefined, state: NameState): NameState | undefined {
  if (!found) return state.shape === undefined ? state : undefined;
  if (state.shape === undefined) return undefined;
  if (found.shape !== undefined && found.shape !== state.shape) return undefined;
  if (found.id === undefined || found.id === state.id) return state;
  const isNew = state.id === undefined && found.id > state.lastId;
  return isNew ? { ...state, id: found.id, lastId: found.id } : undefined;
}
