import { fromPromise } from 'xstate';
import { indexBuildMachine } from '../../../machines/data/index-build.machine.js';
import { CoordError } from '../../domain/errors.js';
import {
  type BuildResult,
  type IndexBuild,
  type JobOutcome,
  NO_NODE,
  needsNoNode,
} from '../../domain/indexes/index-build.js';
import type { IndexRecord } from '../../domain/indexes/index-record.js';
import { unreachable } from '../../domain/invariant.js';
import type { IndexNodes } from '../../ports/index-nodes.js';
import { withBuild } from './build.codec.js';
import type { BuildCatalog } from './build-catalog.js';

export interface IndexBuildWork {
  readonly builds: BuildCatalog;
  readonly nodes: IndexNodes;
  /** Undefined once it is dropped. */
  readonly indexOf: (build: IndexBuild) => IndexRecord | undefined;
}

type Work<Input> = { readonly input: Input; readonly signal: AbortSignal };

/** The index-build machine with its work filled in; one for all builds. */
export function indexBuildActors({ builds, nodes, indexOf }: IndexBuildWork) {
  const indexFor = (build: IndexBuild): IndexRecord => {
    const index = indexOf(build);
    if (index) return index;
    throw CoordError.of('IndexNotFound', { indexID: build.indexId });
  };
  const commit = async (build: IndexBuild, files?: Parameters<typeof withBuild>[2]) => {
    const record = builds.find(build);
    if (!record) throw CoordError.of('IndexNotFound', { buildID: build.id });
    await builds.put(withBuild(record, build, files));
    return build;
  };
  return indexBuildMachine.provide({
    actors: {
      placeBuild: fromPromise(async ({ input: build }: Work<IndexBuild>) => {
        const index = indexFor(build);
        if (needsNoNode(build.rows, index)) {
          return commit({ ...build, state: 'Finished', nodeId: NO_NODE, failReason: '' });
        }
        const nodeId = await nodes.pick(index);
        const version = build.version + 1n;
        return commit({ ...build, state: 'InProgress', nodeId, version, failReason: '' });
      }),
      createJob: fromPromise(({ input: build, signal }: Work<IndexBuild>) =>
        nodes.createJob({ build, index: indexFor(build) }, signal),
      ),
      awaitJob: fromPromise(({ input, signal }: Work<IndexBuild>) => nodes.awaitJob(input, signal)),
      commitOutcome: fromPromise(({ input: { build, outcome } }: Work<BuildResult>) =>
        commit(concluded(build, outcome), filesOf(outcome)),
      ),
      dropJob: fromPromise(async ({ input, signal }: Work<IndexBuild>) => {
        if (input.nodeId !== NO_NODE) await nodes.dropJob(input, signal);
      }),
    },
  });
}

function concluded(build: IndexBuild, outcome: JobOutcome): IndexBuild {
  switch (outcome.kind) {
    case 'finished':
      return { ...build, state: 'Finished', failReason: '' };
    case 'failed':
      return { ...build, state: 'Failed', failReason: outcome.reason };
    case 'retry':
      return { ...build, state: 'Retry', failReason: outcome.reason };
    default:
      return unreachable(outcome);
  }
}

const filesOf = (outcome: JobOutcome) =>
  outcome.kind === 'finished'
    ? { indexFileKeys: [...outcome.fileKeys], serializeSize: outcome.bytes }
    : undefined;
