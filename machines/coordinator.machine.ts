import { assign, emit, setup } from 'xstate';
import { hole } from './hole.js';

export type CoordinatorEvent =
  /** SIGTERM or its like: finish what was accepted, then go. */
  | { type: 'coordinator.stop' }
  /** Leadership is gone: somebody else may be writing, nothing may be finished any more. */
  | { type: 'leadership.lost' }
  /** A part broke in a way it cannot answer for. */
  | { type: 'coordinator.failed'; reason: unknown };

export interface CoordinatorInput {
  /** Pause between two attempts to become leader. */
  readonly campaignPauseMs: number;
}

/** One attempt to lead: `held` names who leads instead. */
export type CampaignResult = { kind: 'elected' } | { kind: 'held'; holder: string };

interface CoordinatorContext extends CoordinatorInput {
  /** Who led when we last asked; empty when nobody did. */
  readonly holder: string;
  /** Why the coordinator is Abnormal. */
  readonly failure: unknown;
}

/**
 * RootCoord as a whole. The state words are the ones `GetComponentStates` reports
 * (facts/rootcoord §16): before `Healthy` no request is served, after `Abnormal` none ever again.
 */
export const coordinatorMachine = setup({
  types: {
    context: {} as CoordinatorContext,
    events: {} as CoordinatorEvent,
    emitted: {} as { type: 'coordinator.standingBy'; holder: string },
    input: {} as CoordinatorInput,
  },
  actors: {
    openStore: hole<void, void>('openStore'),
    campaign: hole<CampaignResult, void>('campaign'),
    recover: hole<void, void>('recover'),
    stop: hole<void, void>('stop'),
    abandon: hole<void, void>('abandon'),
  },
  guards: {
    isElected: (_, { result }: { result: CampaignResult }) => result.kind === 'elected',
  },
  actions: {
    noteHolder: assign({
      holder: (_, { result }: { result: CampaignResult }) =>
        result.kind === 'held' ? result.holder : '',
    }),
    tellStandingBy: emit(({ context }) => ({
      type: 'coordinator.standingBy' as const,
      holder: context.holder,
    })),
    noteFailure: assign({ failure: (_, { reason }: { reason: unknown }) => reason }),
    noteLostLeadership: assign({ failure: () => new Error('leadership of the store was lost') }),
  },
  delays: {
    campaignPause: ({ context }) => context.campaignPauseMs,
  },
}).createMachine({
  id: 'coordinator',
  description: 'RootCoord from process start to exit.',
  context: ({ input }) => ({ ...input, holder: '', failure: undefined }),
  initial: 'Initializing',
  states: {
    Initializing: {
      description: 'Opens the store; ports are not answering yet or answer "not ready".',
      invoke: {
        id: 'openStore',
        src: 'openStore',
        onDone: 'Standby',
        onError: {
          target: 'Abnormal',
          actions: { type: 'noteFailure', params: ({ event }) => ({ reason: event.error }) },
        },
      },
      on: { 'coordinator.stop': 'Stopping' },
    },
    Standby: {
      description: 'One coordinator per store: waits until the store is ours.',
      initial: 'Campaigning',
      on: { 'coordinator.stop': 'Stopping' },
      states: {
        Campaigning: {
          description: 'Asks the store for sole ownership.',
          invoke: {
            id: 'campaign',
            src: 'campaign',
            onDone: [
              {
                guard: { type: 'isElected', params: ({ event }) => ({ result: event.output }) },
                target: '#coordinator.Recovering',
              },
              {
                target: 'Waiting',
                actions: { type: 'noteHolder', params: ({ event }) => ({ result: event.output }) },
              },
            ],
            onError: {
              target: '#coordinator.Abnormal',
              actions: { type: 'noteFailure', params: ({ event }) => ({ reason: event.error }) },
            },
          },
        },
        Waiting: {
          description: 'Somebody else leads; asks again after a pause.',
          entry: 'tellStandingBy',
          after: { campaignPause: 'Campaigning' },
        },
      },
    },
    Recovering: {
      description: 'Ours: loads the allocators and the catalog, wakes unfinished collections.',
      invoke: {
        id: 'recover',
        src: 'recover',
        onDone: 'Healthy',
        onError: {
          target: 'Abnormal',
          actions: { type: 'noteFailure', params: ({ event }) => ({ reason: event.error }) },
        },
      },
      on: {
        'coordinator.stop': 'Stopping',
        'leadership.lost': { target: 'Abnormal', actions: 'noteLostLeadership' },
        'coordinator.failed': {
          target: 'Abnormal',
          actions: { type: 'noteFailure', params: ({ event }) => ({ reason: event.reason }) },
        },
      },
    },
    Healthy: {
      description: 'Serves; repairs of unfinished collections go on in the background.',
      on: {
        'coordinator.stop': 'Stopping',
        'leadership.lost': { target: 'Abnormal', actions: 'noteLostLeadership' },
        'coordinator.failed': {
          target: 'Abnormal',
          actions: { type: 'noteFailure', params: ({ event }) => ({ reason: event.reason }) },
        },
      },
    },
    Stopping: {
      description: 'Finishes accepted work, then gives up leadership and closes the store.',
      invoke: {
        id: 'stop',
        src: 'stop',
        onDone: 'Stopped',
        onError: {
          target: 'Abnormal',
          actions: { type: 'noteFailure', params: ({ event }) => ({ reason: event.error }) },
        },
      },
      on: { 'leadership.lost': { target: 'Abnormal', actions: 'noteLostLeadership' } },
    },
    Stopped: {
      description: 'Nothing runs any more; the process may exit with 0.',
      type: 'final',
    },
    Abnormal: {
      description: 'Never limp: actors stop, nothing more is written, the process exits with 1.',
      invoke: { id: 'abandon', src: 'abandon', onDone: 'Abandoned', onError: 'Abandoned' },
    },
    Abandoned: {
      description: 'Everything is let go of after a failure.',
      type: 'final',
    },
  },
});
