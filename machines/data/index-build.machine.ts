import { assign, emit, setup } from 'xstate';
import type { BuildResult, IndexBuild, JobOutcome } from '../../src/domain/indexes/index-build.js';
import { backoffMs } from '../backoff.js';
import { hole } from '../hole.js';

export type { BuildResult, IndexBuild, JobOutcome };

export interface IndexBuildInput {
  /** The state word decides where the actor starts. */
  readonly build: IndexBuild;
}

export type IndexBuildEvent =
  /** The index is deleted or the segment is gone; whatever was begun is of no use. */
  | { type: 'indexBuild.abandon' }
  /** An index node has joined, or has room again. */
  | { type: 'indexBuild.nodeAvailable' };

/** What an actor tells the one who watches it. */
export type IndexBuildFact =
  | { type: 'indexBuild.waiting'; build: IndexBuild; reason: string }
  | { type: 'indexBuild.ended'; build: IndexBuild };

interface IndexBuildContext {
  readonly build: IndexBuild;
  /** What the job came to, until it is committed. */
  readonly outcome: JobOutcome;
  /** Why the build waits; empty while it does not. */
  readonly waitingFor: string;
  /** Failures in a row; drives the back-off. */
  readonly attempt: number;
}

const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/**
 * One index of one flushed segment, from its first record to its end (facts/datacoord §16.4). The
 * record is committed before an index node hears of the job, so every piece of work may run twice.
 */
export const indexBuildMachine = setup({
  types: {
    context: {} as IndexBuildContext,
    events: {} as IndexBuildEvent,
    emitted: {} as IndexBuildFact,
    input: {} as IndexBuildInput,
  },
  actors: {
    placeBuild: hole<IndexBuild, IndexBuild>('placeBuild'),
    createJob: hole<void, IndexBuild>('createJob'),
    awaitJob: hole<JobOutcome, IndexBuild>('awaitJob'),
    commitOutcome: hole<IndexBuild, BuildResult>('commitOutcome'),
    dropJob: hole<void, IndexBuild>('dropJob'),
  },
  guards: {
    isInProgress: ({ context }) => context.build.state === 'InProgress',
    isRetry: ({ context }) => context.build.state === 'Retry',
    isFinished: ({ context }) => context.build.state === 'Finished',
    isFailed: ({ context }) => context.build.state === 'Failed',
  },
  delays: {
    backoff: ({ context }) => backoffMs(context.attempt),
  },
  actions: {
    adopt: assign({
      build: (_, params: { build: IndexBuild }) => params.build,
      waitingFor: '',
    }),
    noteOutcome: assign({ outcome: (_, params: { outcome: JobOutcome }) => params.outcome }),
    noteBreakdown: assign({
      outcome: (_, params: { error: unknown }): JobOutcome => ({
        kind: 'retry',
        reason: wordsOf(params.error),
      }),
    }),
    noteWait: assign({
      waitingFor: (_, params: { error: unknown }) => wordsOf(params.error),
    }),
    countAttempt: assign({ attempt: ({ context }) => context.attempt + 1 }),
    forgetFailures: assign({ attempt: 0 }),
    tellWaiting: emit(({ context }) => ({
      type: 'indexBuild.waiting' as const,
      build: context.build,
      reason: context.waitingFor,
    })),
    tellEnded: emit(({ context }) => ({
      type: 'indexBuild.ended' as const,
      build: context.build,
    })),
  },
}).createMachine({
  id: 'indexBuild',
  description: 'One index of one segment, from the first record of its build to its end.',
  context: ({ input }) => ({
    build: input.build,
    outcome: { kind: 'retry', reason: '' },
    waitingFor: '',
    attempt: 0,
  }),
  initial: 'Routing',
  on: {
    'indexBuild.abandon': '.Abandoning',
  },
  states: {
    Routing: {
      description: 'Reads the state word of the record and goes where it says.',
      always: [
        { guard: 'isFinished', target: 'Finished' },
        { guard: 'isFailed', target: 'Failed' },
        { guard: 'isRetry', target: 'Retry' },
        { guard: 'isInProgress', target: 'InProgress' },
        { target: 'Unissued' },
      ],
    },
    Unissued: {
      description: 'Nobody builds the index yet.',
      initial: 'Placing',
      states: {
        Placing: {
          description:
            'An index node is chosen and committed, or the segment is too small for one.',
          invoke: {
            id: 'placeBuild',
            src: 'placeBuild',
            input: ({ context }) => context.build,
            onDone: {
              target: '#indexBuild.Placed',
              actions: { type: 'adopt', params: ({ event }) => ({ build: event.output }) },
            },
            onError: {
              target: 'Waiting',
              actions: [
                { type: 'noteWait', params: ({ event }) => ({ error: event.error }) },
                'countAttempt',
                'tellWaiting',
              ],
            },
          },
        },
        Waiting: {
          description: 'No index node has room; the context says why.',
          after: { backoff: 'Placing' },
          on: { 'indexBuild.nodeAvailable': 'Placing' },
        },
      },
    },
    Placed: {
      description: 'Either an index node is to build, or nothing is left to do.',
      always: [
        { guard: 'isInProgress', target: 'InProgress' },
        { target: 'Finished', actions: 'tellEnded' },
      ],
    },
    InProgress: {
      description: 'The record names an index node.',
      initial: 'Creating',
      states: {
        Creating: {
          description: 'The index node is given the job; having it already is no error.',
          invoke: {
            id: 'createJob',
            src: 'createJob',
            input: ({ context }) => context.build,
            onDone: 'Building',
            onError: {
              target: 'Committing',
              actions: { type: 'noteBreakdown', params: ({ event }) => ({ error: event.error }) },
            },
          },
        },
        Building: {
          description: 'The index node builds until it is done or gone.',
          invoke: {
            id: 'awaitJob',
            src: 'awaitJob',
            input: ({ context }) => context.build,
            onDone: {
              target: 'Committing',
              actions: [
                { type: 'noteOutcome', params: ({ event }) => ({ outcome: event.output }) },
                'forgetFailures',
              ],
            },
            onError: {
              target: 'Committing',
              actions: { type: 'noteBreakdown', params: ({ event }) => ({ error: event.error }) },
            },
          },
        },
        Committing: {
          description: 'What the job came to goes to the store.',
          invoke: {
            id: 'commitOutcome',
            src: 'commitOutcome',
            input: ({ context: { build, outcome } }) => ({ build, outcome }),
            onDone: {
              target: '#indexBuild.Judged',
              actions: { type: 'adopt', params: ({ event }) => ({ build: event.output }) },
            },
            onError: { target: 'WaitingToCommit', actions: 'countAttempt' },
          },
        },
        WaitingToCommit: {
          description: 'The store did not take the outcome; it is offered again.',
          after: { backoff: 'Committing' },
        },
      },
    },
    Judged: {
      description: 'The outcome is durable; an index that failed stays so until it is dropped.',
      always: [
        { guard: 'isRetry', target: 'Retry' },
        { target: 'CleaningUp', actions: 'tellEnded' },
      ],
    },
    Retry: {
      description: 'The job broke down with its node; it is forgotten there and placed again.',
      entry: 'countAttempt',
      initial: 'DroppingJob',
      states: {
        DroppingJob: {
          description: 'The node forgets the job, if the node is still there.',
          invoke: {
            id: 'dropJob',
            src: 'dropJob',
            input: ({ context }) => context.build,
            onDone: 'Waiting',
            onError: 'Waiting',
          },
        },
        Waiting: {
          description: 'A pause that grows, so that a build that always breaks costs little.',
          after: { backoff: '#indexBuild.Unissued' },
        },
      },
    },
    CleaningUp: {
      description: 'The index node may forget the job; its files are known.',
      initial: 'DroppingJob',
      states: {
        DroppingJob: {
          description: 'The index node forgets the job.',
          invoke: {
            id: 'dropJob',
            src: 'dropJob',
            input: ({ context }) => context.build,
            onDone: '#indexBuild.Ending',
            onError: { target: 'Waiting', actions: 'countAttempt' },
          },
        },
        Waiting: {
          description: 'The node cannot be reached; it is asked again.',
          after: { backoff: 'DroppingJob' },
        },
      },
    },
    Ending: {
      description: 'Everything is done; the record says how it went.',
      always: [{ guard: 'isFailed', target: 'Failed' }, { target: 'Finished' }],
    },
    Abandoning: {
      description: 'Nobody wants the index any more; the node forgets the job.',
      initial: 'DroppingJob',
      states: {
        DroppingJob: {
          description: 'The index node forgets the job, if it ever had it.',
          invoke: {
            id: 'dropJob',
            src: 'dropJob',
            input: ({ context }) => context.build,
            onDone: '#indexBuild.Abandoned',
            onError: { target: 'Waiting', actions: 'countAttempt' },
          },
        },
        Waiting: {
          description: 'The node cannot be reached; it is asked again.',
          after: { backoff: 'DroppingJob' },
        },
      },
    },
    Finished: {
      description: 'The segment has its index, or needs none.',
      type: 'final',
    },
    Failed: {
      description: 'The index cannot be built; the record says why.',
      type: 'final',
    },
    Abandoned: {
      description: 'Nothing of the build is left at the index node.',
      type: 'final',
    },
  },
});
