import { and, assign, emit, setup, stateIn } from 'xstate';
import type { TaskId } from '../../src/domain/ids.js';
import { hole } from '../hole.js';

/**
 * A DDL task as the supervisor sees it: what it is about stays with whoever submitted it, the
 * supervisor only needs to know whom it must not overtake.
 */
export interface DdlTicket {
  readonly taskId: TaskId;
  /** Tasks that share a key run strictly one after the other; others share a batch. */
  readonly orderKeys: readonly string[];
  /** `lifecycle` is work of an actor already admitted: it is never refused for a full queue. */
  readonly lane: 'client' | 'lifecycle';
}

export type DdlSupervisorEvent =
  | { type: 'ddl.submit'; ticket: DdlTicket }
  /** The object a task left busy is steady again: the next task with its key may run. */
  | { type: 'ddl.settled'; taskId: TaskId }
  | { type: 'ddl.drain' };

/** Told to whoever waits for a task's reply. */
export type DdlSupervisorFact =
  | { type: 'ddl.refused'; taskId: TaskId; why: RefusalReason }
  | { type: 'ddl.failed'; reason: unknown }
  | { type: 'ddl.drained' };

export type RefusalReason = 'queueFull' | 'draining';

/** What a performed batch reports: tasks whose object stays busy until `ddl.settled`. */
export interface BatchOutcome {
  readonly stillBusy: readonly TaskId[];
}

export interface DdlSupervisorInput {
  /** Waiting client tasks past which new ones are refused. */
  readonly queueLengthMax: number;
  /** Tasks planned and committed together at most. */
  readonly batchSizeMax: number;
}

interface DdlSupervisorContext extends DdlSupervisorInput {
  readonly waiting: readonly DdlTicket[];
  readonly running: readonly DdlTicket[];
  /** Tasks performed whose object is not steady yet; they still hold their order keys. */
  readonly busy: ReadonlyMap<TaskId, readonly string[]>;
}

const isFree = ({ orderKeys }: DdlTicket, blocked: ReadonlySet<string>): boolean =>
  orderKeys.every((key) => !blocked.has(key));

/**
 * Work of an actor goes before what clients asked for: as long as an object is under way, it holds
 * the time ticks of every channel. Nobody overtakes a task it shares a key with.
 */
function queueUp(waiting: readonly DdlTicket[], ticket: DdlTicket): readonly DdlTicket[] {
  const isShared = ({ orderKeys }: DdlTicket) =>
    orderKeys.some((key) => ticket.orderKeys.includes(key));
  if (ticket.lane === 'client' || waiting.some(isShared)) return [...waiting, ticket];
  const firstClient = waiting.findIndex(({ lane }) => lane === 'client');
  return firstClient < 0 ? [...waiting, ticket] : waiting.toSpliced(firstClient, 0, ticket);
}

/** Splits the queue into the next batch, in queue order, and what has to wait for a busy key. */
function nextBatch({ waiting, busy, batchSizeMax }: DdlSupervisorContext) {
  const blocked = new Set([...busy.values()].flat());
  const running: DdlTicket[] = [];
  const left: DdlTicket[] = [];
  for (const ticket of waiting) {
    const fits = running.length < batchSizeMax && isFree(ticket, blocked);
    (fits ? running : left).push(ticket);
    for (const key of ticket.orderKeys) blocked.add(key);
  }
  return { running, waiting: left };
}

/**
 * Whether `nextBatch` would find anything: waiting tasks hold their keys against later ones, too.
 */
function hasRunnable({ waiting, busy }: DdlSupervisorContext): boolean {
  const blocked = new Set([...busy.values()].flat());
  for (const ticket of waiting) {
    if (isFree(ticket, blocked)) return true;
    for (const key of ticket.orderKeys) blocked.add(key);
  }
  return false;
}

function stillBusyAfter(context: DdlSupervisorContext, outcome: BatchOutcome) {
  const busy = new Map(context.busy);
  const keep = new Set(outcome.stillBusy);
  for (const { taskId, orderKeys } of context.running) {
    if (keep.has(taskId)) busy.set(taskId, orderKeys);
  }
  return busy;
}

/** A task may settle before its batch has reported: then it never becomes busy at all. */
function withoutTask({ busy, running }: DdlSupervisorContext, taskId: TaskId) {
  const rest = new Map(busy);
  rest.delete(taskId);
  return { busy: rest, running: running.filter((ticket) => ticket.taskId !== taskId) };
}

/**
 * The one queue every DDL goes through and the only writer of the catalog: tasks on one object
 * strictly in order, tasks on different objects together in one group commit.
 */
export const ddlSupervisorMachine = setup({
  types: {
    context: {} as DdlSupervisorContext,
    events: {} as DdlSupervisorEvent,
    emitted: {} as DdlSupervisorFact,
    input: {} as DdlSupervisorInput,
  },
  actors: {
    performBatch: hole<BatchOutcome, readonly DdlTicket[]>('performBatch'),
  },
  guards: {
    isFull: ({ context }, { ticket }: { ticket: DdlTicket }) =>
      ticket.lane === 'client' && context.waiting.length >= context.queueLengthMax,
    isFromClient: (_, { ticket }: { ticket: DdlTicket }) => ticket.lane === 'client',
    hasRunnable: ({ context }) => hasRunnable(context),
    isQuiet: ({ context }) => context.waiting.length === 0 && context.busy.size === 0,
  },
  actions: {
    enqueue: assign({
      waiting: ({ context }, { ticket }: { ticket: DdlTicket }) => queueUp(context.waiting, ticket),
    }),
    takeBatch: assign(({ context }) => nextBatch(context)),
    finishBatch: assign(({ context }, { outcome }: { outcome: BatchOutcome }) => ({
      busy: stillBusyAfter(context, outcome),
      running: [],
    })),
    freeKey: assign(({ context }, { taskId }: { taskId: TaskId }) => withoutTask(context, taskId)),
    refuse: emit((_, params: { ticket: DdlTicket; why: RefusalReason }) => ({
      type: 'ddl.refused' as const,
      taskId: params.ticket.taskId,
      why: params.why,
    })),
    tellFailed: emit((_, params: { reason: unknown }) => ({
      type: 'ddl.failed' as const,
      reason: params.reason,
    })),
    tellDrained: emit({ type: 'ddl.drained' as const }),
  },
}).createMachine({
  id: 'ddlSupervisor',
  description: 'Serialises DDL per object and commits independent DDL together.',
  context: ({ input }) => ({ ...input, waiting: [], running: [], busy: new Map() }),
  type: 'parallel',
  on: {
    'ddl.settled': { actions: { type: 'freeKey', params: ({ event }) => event } },
  },
  states: {
    admission: {
      description: 'Who may still join the queue.',
      initial: 'Open',
      states: {
        Open: {
          description: 'Every task is queued, up to the length the queue is allowed.',
          on: {
            'ddl.submit': [
              {
                guard: { type: 'isFull', params: ({ event }) => event },
                actions: {
                  type: 'refuse',
                  params: ({ event }) => ({ ticket: event.ticket, why: 'queueFull' }),
                },
              },
              { actions: { type: 'enqueue', params: ({ event }) => event } },
            ],
            'ddl.drain': 'Closed',
          },
        },
        Closed: {
          description: 'The coordinator stops: only work of objects already under way comes in.',
          on: {
            'ddl.submit': [
              {
                guard: { type: 'isFromClient', params: ({ event }) => event },
                actions: {
                  type: 'refuse',
                  params: ({ event }) => ({ ticket: event.ticket, why: 'draining' }),
                },
              },
              { actions: { type: 'enqueue', params: ({ event }) => event } },
            ],
          },
        },
      },
    },
    work: {
      description: 'What the queue is doing.',
      initial: 'Idle',
      states: {
        Idle: {
          description: 'Nothing can run: the queue is empty, or every key in it is busy.',
          always: [
            { guard: 'hasRunnable', target: 'Performing' },
            { guard: and([stateIn({ admission: 'Closed' }), 'isQuiet']), target: 'Drained' },
          ],
        },
        Performing: {
          description: 'One batch is planned, committed and handed on; others queue behind it.',
          entry: 'takeBatch',
          invoke: {
            id: 'performBatch',
            src: 'performBatch',
            input: ({ context }) => context.running,
            onDone: {
              target: 'Idle',
              actions: { type: 'finishBatch', params: ({ event }) => ({ outcome: event.output }) },
            },
            onError: {
              target: 'Failed',
              actions: { type: 'tellFailed', params: ({ event }) => ({ reason: event.error }) },
            },
          },
        },
        Drained: {
          description: 'Every accepted task is settled and nothing new can come.',
          entry: 'tellDrained',
        },
        Failed: {
          description: 'A batch broke in a way no task can answer for; the coordinator restarts.',
        },
      },
    },
  },
});
