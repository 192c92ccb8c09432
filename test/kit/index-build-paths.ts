import {
  type IndexBuild,
  type IndexBuildEvent,
  indexBuildMachine,
} from '../../machines/data/index-build.machine.js';
import type { BuildId, CollectionId, IndexId, SegmentId } from '../../src/domain/ids.js';
import type { BuildState } from '../../src/domain/indexes/index-progress.js';
import {
  after,
  done,
  failed,
  type PlayedEvent,
  type PlayedPath,
  pathsOf,
} from './machine-paths.js';

/** The paths of the index-build machine. */

/** Every piece of work the machine asks for. */
export const BUILD_WORK = [
  'placeBuild',
  'createJob',
  'awaitJob',
  'commitOutcome',
  'dropJob',
] as const;

/** A build in this state. */
export const aBuild = (state: BuildState): IndexBuild => ({
  id: 700n as BuildId,
  collectionId: 100n as CollectionId,
  indexId: 500n as IndexId,
  segmentId: 900n as SegmentId,
  rows: 2_000n,
  state,
  nodeId: state === 'InProgress' ? 7n : -1n,
  version: 1n,
  failReason: state === 'Failed' ? 'bad data' : '',
});

export const BUILD_COMMANDS: readonly IndexBuildEvent[] = [
  { type: 'indexBuild.abandon' },
  { type: 'indexBuild.nodeAvailable' },
];

/** Work that comes to one thing or another, as events that differ in what they bring. */
const OUTCOMES: readonly PlayedEvent[] = [
  done('placeBuild', aBuild('InProgress')),
  done('createJob'),
  done('awaitJob', { kind: 'finished', fileKeys: [], bytes: 0n }),
  done('commitOutcome', aBuild('Finished')),
  done('dropJob'),
];

const WAITS = ['Unissued', 'Retry', 'CleaningUp', 'Abandoning'].map((state) =>
  after('backoff', `indexBuild.${state}.Waiting`),
);

const EVENTS: readonly PlayedEvent[] = [
  ...BUILD_COMMANDS,
  ...OUTCOMES,
  ...BUILD_WORK.map((work) => failed(work)),
  ...WAITS,
  after('backoff', 'indexBuild.InProgress.WaitingToCommit'),
];

/** One path for every edge that can be reached from a build in this state. */
export const buildPaths = (state: BuildState, verdict: BuildState = 'Finished'): PlayedPath[] =>
  pathsOf(indexBuildMachine, {
    input: { build: aBuild(state) },
    events: EVENTS.map((event) =>
      event.type === 'xstate.done.actor.commitOutcome'
        ? done('commitOutcome', aBuild(verdict))
        : event,
    ),
    distinguish: ({ context }) => context.build.state,
  });
