import { emit, setup } from 'xstate';

export interface ProxySessionInput {
  readonly serverId: bigint;
  /** How long a proxy that has not reported yet may hold the time ticks. */
  readonly graceMs: number;
  /** How long a silent one may: as long as its lease. */
  readonly patienceMs: number;
  /** How long one whose lease ended is remembered. */
  readonly forgetMs: number;
  /** It had its session before this coordinator began. */
  readonly isResumed: boolean;
}

export type ProxySessionEvent =
  /** A time tick of it came. One that is Active already need not be told. */
  | { type: 'session.report' }
  /** No report came for an interval. */
  | { type: 'session.fallSilent' }
  /** It holds a lease, perhaps again. */
  | { type: 'session.register' }
  /** Its lease ran out. */
  | { type: 'session.expire' }
  /** It ended its session itself. */
  | { type: 'session.leave' };

/** Why a proxy is lost. */
export type LossReason = 'neverReported' | 'silent' | 'leaseEnded';

/** What an actor tells, each once per change of state. */
export type ProxySessionFact =
  /** Time ticks wait for its first report. */
  | { type: 'session.joined' }
  /** The same, and it is taken for one that reports: it did so to whoever was there before. */
  | { type: 'session.resumed' }
  | { type: 'session.activated' }
  | { type: 'session.lagged' }
  | { type: 'session.caughtUp' }
  /** Time ticks go on without it. */
  | { type: 'session.lost'; reason: LossReason }
  /** It was lost and takes part again. */
  | { type: 'session.returned' }
  | { type: 'session.gone' };

/**
 * One proxy as RootCoord sees it, from its registration until its session is over (facts/rootcoord
 * §10.5, §12.1). In every state but Lost and Gone the time ticks wait for it; however it fails, not
 * for longer than the delays it comes with, by a clock that gives it more when the coordinator
 * itself slept. Silence is an event, reports are none: ticks flow past the actor, which hears of
 * them only when they change its state.
 */
export const proxySessionMachine = setup({
  types: {
    context: {} as ProxySessionInput,
    events: {} as ProxySessionEvent,
    emitted: {} as ProxySessionFact,
    input: {} as ProxySessionInput,
  },
  delays: {
    grace: ({ context }) => context.graceMs,
    patience: ({ context }) => context.patienceMs,
    forget: ({ context }) => context.forgetMs,
  },
  guards: {
    isResumed: ({ context }) => context.isResumed,
  },
  actions: {
    tellJoined: emit({ type: 'session.joined' }),
    tellResumed: emit({ type: 'session.resumed' }),
    tellActivated: emit({ type: 'session.activated' }),
    tellLagged: emit({ type: 'session.lagged' }),
    tellCaughtUp: emit({ type: 'session.caughtUp' }),
    tellLost: emit((_, params: { reason: LossReason }) => ({
      type: 'session.lost' as const,
      reason: params.reason,
    })),
    tellReturned: emit({ type: 'session.returned' }),
    tellGone: emit({ type: 'session.gone' }),
  },
}).createMachine({
  id: 'proxySession',
  description: 'The session of one proxy, as far as the time ticks wait for it.',
  context: ({ input }) => input,
  initial: 'Routing',
  on: {
    'session.leave': '.Gone',
  },
  states: {
    Routing: {
      description: 'Begins anew, or goes on with a session from before the coordinator began.',
      always: [
        { guard: 'isResumed', target: 'Active', actions: 'tellResumed' },
        { target: 'Joining' },
      ],
    },
    Joining: {
      description: 'Registered, not heard of yet: time ticks wait for it, but only for its grace.',
      entry: 'tellJoined',
      on: {
        'session.report': { target: 'Active', actions: 'tellActivated' },
        'session.expire': {
          target: 'Lost.Expired',
          actions: { type: 'tellLost', params: { reason: 'leaseEnded' } },
        },
      },
      after: {
        grace: {
          target: 'Lost.Silent',
          actions: { type: 'tellLost', params: { reason: 'neverReported' } },
        },
      },
    },
    Active: {
      description: 'Its reports come; time ticks go as far as they allow.',
      on: {
        'session.fallSilent': { target: 'Lagging', actions: 'tellLagged' },
        'session.expire': {
          target: 'Lost.Expired',
          actions: { type: 'tellLost', params: { reason: 'leaseEnded' } },
        },
      },
    },
    Lagging: {
      description: 'A report is overdue and it is named; time ticks wait, at most for its lease.',
      on: {
        'session.report': { target: 'Active', actions: 'tellCaughtUp' },
        'session.expire': {
          target: 'Lost.Expired',
          actions: { type: 'tellLost', params: { reason: 'leaseEnded' } },
        },
      },
      after: {
        patience: {
          target: 'Lost.Silent',
          actions: { type: 'tellLost', params: { reason: 'silent' } },
        },
      },
    },
    Lost: {
      description: 'Time ticks go on without it; it may come back.',
      initial: 'Silent',
      on: {
        'session.register': 'Joining',
      },
      states: {
        Silent: {
          description: 'It still holds its session: one report and it takes part again.',
          on: {
            'session.report': { target: '#proxySession.Active', actions: 'tellReturned' },
            'session.expire': 'Expired',
          },
        },
        Expired: {
          description: 'Its lease is over: it has to register before it is listened to.',
          after: { forget: '#proxySession.Gone' },
        },
      },
    },
    Gone: {
      description: 'The session is over and nothing of it is left.',
      type: 'final',
      entry: 'tellGone',
    },
  },
});
