import { createActor } from 'xstate';
import { xstateClock } from '../../actors/xstate-clock.js';
import type { BuildId, CollectionId } from '../../domain/ids.js';
import { type IndexBuild, NO_NODE } from '../../domain/indexes/index-build.js';
import type { SegmentBuild } from '../../domain/indexes/index-progress.js';
import type { IndexRecord } from '../../domain/indexes/index-record.js';
import { OrderedWork } from '../../domain/ordered-work.js';
import { IndexState } from '../../gen/common.js';
import { SegmentIndex } from '../../gen/index_coord.js';
import type { Clock, Timer } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { RootCoordPeer } from '../../ports/peers.js';
import { recordOf } from './build.codec.js';
import { type IndexBuildWork, indexBuildActors } from './index-build.actors.js';
import type { IndexCatalog } from './index-catalog.js';
import type { FlushedSegment, SegmentRecords, SegmentView } from './segment-view.js';

/** Builds with an actor at a time, some 4 kB each; the others wait for their turn, unissued. */
const RESIDENT_MAX = 1_024;

/** RootCoord or the store is away; both come back by themselves. */
const COVER_AGAIN_MS = 1_000;

export interface IndexBuildsDeps extends Omit<IndexBuildWork, 'indexOf'> {
  readonly catalog: IndexCatalog;
  readonly segments: SegmentRecords;
  readonly rootCoord: Pick<RootCoordPeer, 'allocateId' | 'allocateTimestamp'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly residentMax?: number;
}

interface Resident {
  /** Why it waits; empty while it does not. */
  waitingFor: string;
  readonly abandon: () => void;
  readonly nodeAvailable: () => void;
  readonly stop: () => void;
}

/**
 * The builds of every segment's indexes: one actor each, from its record to its end
 * (facts/datacoord §16.3). Whoever flushes segments, or creates or drops indexes, says so with
 * `cover`; asked twice it does nothing twice.
 */
export class IndexBuilds implements SegmentView {
  readonly #deps: IndexBuildsDeps;
  readonly #logic: ReturnType<typeof indexBuildActors>;
  readonly #resident = new Map<BuildId, Resident>();
  /** Unfinished ones without an actor, the longest waiting first. */
  readonly #waiting = new Map<BuildId, IndexBuild>();
  readonly #turns = new OrderedWork<CollectionId>();
  /** Collections whose turn in the background has not come yet. */
  readonly #asked = new Set<CollectionId>();
  /** Of collections that could not be covered. */
  readonly #retries = new Set<Timer>();
  readonly #endRoom: () => void;
  /** Ends calls to nodes that no actor makes. */
  readonly #life = new AbortController();
  #isClosed = false;

  constructor(deps: IndexBuildsDeps) {
    this.#deps = deps;
    this.#logic = indexBuildActors({
      ...deps,
      indexOf: ({ collectionId, indexId }) =>
        deps.catalog.of(collectionId).find(({ id }) => id === indexId),
    });
    this.#endRoom = deps.nodes.onRoom(() => {
      for (const { nodeAvailable } of this.#resident.values()) nodeAvailable();
    });
  }

  segmentsOf(collectionId: CollectionId): readonly FlushedSegment[] {
    return this.#deps.segments.segmentsOf(collectionId);
  }

  buildsOf(collectionId: CollectionId): readonly SegmentBuild[] {
    return this.#deps.builds.of(collectionId).map((build) => ({
      segmentId: build.segmentId,
      indexId: build.indexId,
      state: build.state,
      reason: this.#resident.get(build.id)?.waitingFor || build.failReason,
    }));
  }

  /** Builds that have an actor. */
  get residentCount(): number {
    return this.#resident.size;
  }

  /**
   * Every segment of the collection gets a build for each index it lacks one of, those that are
   * unfinished go on, and those of dropped indexes and segments are abandoned.
   *
   * @throws CoordError `MetaStoreUnavailable`; what is missing then is made when asked again.
   */
  cover(collectionId: CollectionId): Promise<void> {
    return this.#turns.run(collectionId, async () => {
      this.#asked.delete(collectionId);
      const { builds, catalog } = this.#deps;
      const segments = this.segmentsOf(collectionId);
      if (segments.length > 0 && (await builds.read(collectionId))) {
        void this.#dropJobs(builds.of(collectionId).filter(hasEnded));
      }
      const indexes = catalog.of(collectionId);
      this.#abandonUnwanted(collectionId, segments, indexes);
      await this.#makeMissing(collectionId, segments, indexes);
      for (const build of builds.of(collectionId)) this.#resume(build);
    });
  }

  /** The same in the background, until it is done. */
  coverSoon(collectionId: CollectionId): void {
    void this.#coverOrRetry(collectionId);
  }

  /** After a start: every collection that has segments, one after the other. */
  async coverAll(): Promise<void> {
    for (const collectionId of [...this.#deps.catalog.collectionIds()]) {
      if (this.segmentsOf(collectionId).length > 0) await this.#coverOrRetry(collectionId);
    }
  }

  /** Whoever asks while another waits for its turn has the same one. */
  async #coverOrRetry(collectionId: CollectionId): Promise<void> {
    if (this.#isClosed || this.#asked.has(collectionId)) return;
    this.#asked.add(collectionId);
    try {
      await this.cover(collectionId);
    } catch (err) {
      if (this.#isClosed) return;
      this.#asked.delete(collectionId);
      this.#deps.log.warn({ collectionId, err }, 'index builds could not be recorded');
      this.#coverAgain(collectionId);
    }
  }

  #coverAgain(collectionId: CollectionId): void {
    const timer = this.#deps.clock.setTimeout(() => {
      this.#retries.delete(timer);
      this.coverSoon(collectionId);
    }, COVER_AGAIN_MS);
    this.#retries.add(timer);
  }

  /** Stops every actor where it stands; the records say how to go on. */
  close(): void {
    this.#isClosed = true;
    this.#endRoom();
    this.#life.abort();
    this.#turns.close();
    for (const timer of this.#retries) this.#deps.clock.clearTimeout(timer);
    this.#retries.clear();
    for (const { stop } of this.#resident.values()) stop();
    this.#resident.clear();
  }

  /** The same; settles when nothing is under way any more. */
  async stop(): Promise<void> {
    this.close();
    await this.#turns.drain();
  }

  /**
   * Of builds that have no actor to do it: a predecessor may have died between the end of a build
   * and the end of its job, or before it heard that nobody wants the index. What fails here is done
   * after the next start.
   */
  async #dropJobs(builds: readonly IndexBuild[]): Promise<void> {
    const { nodes, log } = this.#deps;
    for (const build of builds) {
      if (this.#isClosed) return;
      if (build.nodeId === NO_NODE) continue;
      try {
        await nodes.dropJob(build, this.#life.signal);
      } catch (caught) {
        log.warn({ buildId: build.id, err: caught }, 'an index job could not be dropped');
      }
    }
  }

  #abandonUnwanted(
    collectionId: CollectionId,
    segments: readonly FlushedSegment[],
    indexes: readonly IndexRecord[],
  ): void {
    const segmentIds = new Set(segments.map(({ id }) => id));
    const indexIds = new Set(indexes.map(({ id }) => id));
    const actorless: IndexBuild[] = [];
    for (const build of this.#deps.builds.of(collectionId)) {
      if (indexIds.has(build.indexId) && segmentIds.has(build.segmentId)) continue;
      const resident = this.#resident.get(build.id);
      if (resident) resident.abandon();
      else if (!hasEnded(build)) actorless.push(build);
      this.#waiting.delete(build.id);
      this.#deps.builds.forget(build);
    }
    void this.#dropJobs(actorless);
  }

  async #makeMissing(
    collectionId: CollectionId,
    segments: readonly FlushedSegment[],
    indexes: readonly IndexRecord[],
  ): Promise<void> {
    const builds = this.#deps.builds.of(collectionId);
    const there = new Set(builds.map(({ indexId, segmentId }) => `${indexId}/${segmentId}`));
    for (const segment of segments) {
      for (const index of indexes) {
        if (!there.has(`${index.id}/${segment.id}`)) await this.#make(segment, index);
      }
    }
  }

  async #make(segment: FlushedSegment, { id: indexID, collectionId }: IndexRecord): Promise<void> {
    const { builds, rootCoord } = this.#deps;
    await builds.put(
      recordOf(
        SegmentIndex.fromPartial({
          collectionID: collectionId,
          partitionID: segment.partitionId,
          segmentID: segment.id,
          numRows: segment.rows,
          indexID,
          buildID: await rootCoord.allocateId(),
          nodeID: NO_NODE,
          state: IndexState.Unissued,
          createTime: await rootCoord.allocateTimestamp(),
        }),
      ),
    );
  }

  #resume(build: IndexBuild): void {
    if (this.#isClosed || hasEnded(build) || this.#resident.has(build.id)) return;
    const { residentMax = RESIDENT_MAX } = this.#deps;
    if (this.#resident.size < residentMax) this.#start(build);
    else this.#waiting.set(build.id, build);
  }

  #start(build: IndexBuild): void {
    const { clock, log } = this.#deps;
    const actor = createActor(this.#logic, {
      id: `indexBuild:${build.id}`,
      input: { build },
      clock: xstateClock(clock),
    });
    const resident: Resident = {
      waitingFor: '',
      abandon: () => actor.send({ type: 'indexBuild.abandon' }),
      nodeAvailable: () => actor.send({ type: 'indexBuild.nodeAvailable' }),
      stop: () => void actor.stop(),
    };
    this.#resident.set(build.id, resident);
    actor.on('indexBuild.waiting', ({ reason }) => {
      if (resident.waitingFor === '') {
        log.info({ buildId: build.id, segmentId: build.segmentId, reason }, 'index build waits');
      }
      resident.waitingFor = reason;
    });
    const gone = () => this.#gone(build.id);
    actor.subscribe({
      next: ({ context }) => {
        if (context.waitingFor === '') resident.waitingFor = '';
      },
      complete: gone,
      error: (error: unknown) => {
        log.error({ buildId: build.id, err: error }, 'index build broke');
        gone();
      },
    });
    actor.start();
  }

  /** Its place is free for the one that waits longest. */
  #gone(id: BuildId): void {
    this.#resident.delete(id);
    const [next] = this.#waiting.values();
    if (!next) return;
    this.#waiting.delete(next.id);
    const current = this.#deps.builds.find(next);
    if (current) this.#resume(current.build);
  }
}

const hasEnded = ({ state }: IndexBuild): boolean => state === 'Finished' || state === 'Failed';
