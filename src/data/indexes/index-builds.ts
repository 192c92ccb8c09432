import { createActor } from 'xstate';
import { xstateClock } from '../../actors/xstate-clock.js';
import type { BuildId, CollectionId, IndexId } from '../../domain/ids.js';
import { NO_NODE } from '../../domain/indexes/index-build.js';
import type { SegmentBuild } from '../../domain/indexes/index-progress.js';
import type { IndexRecord } from '../../domain/indexes/index-record.js';
import { OrderedWork } from '../../domain/ordered-work.js';
import { IndexState } from '../../gen/common.js';
import { SegmentIndex } from '../../gen/index_coord.js';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import type { RootCoordPeer } from '../../ports/peers.js';
import { type BuildRecord, recordOf } from './build.codec.js';
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
  readonly record: BuildRecord;
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
  readonly #work: IndexBuildWork;
  readonly #resident = new Map<BuildId, Resident>();
  /** Unfinished ones without an actor, the longest waiting first. */
  readonly #waiting = new Map<BuildId, BuildRecord>();
  readonly #turns = new OrderedWork<CollectionId>();
  /** Collections whose turn in the background has not come yet. */
  readonly #asked = new Set<CollectionId>();
  readonly #endRoom: () => void;
  /** Ends calls to nodes that no actor makes. */
  readonly #life = new AbortController();
  #isStopped = false;

  constructor(deps: IndexBuildsDeps) {
    this.#deps = deps;
    const indexOf = (collectionId: CollectionId, id: IndexId) =>
      deps.catalog.of(collectionId).find((index) => index.id === id);
    this.#work = { builds: deps.builds, nodes: deps.nodes, indexOf };
    this.#endRoom = deps.nodes.onRoom(() => {
      for (const { nodeAvailable } of this.#resident.values()) nodeAvailable();
    });
  }

  segmentsOf(collectionId: CollectionId): readonly FlushedSegment[] {
    return this.#deps.segments.segmentsOf(collectionId);
  }

  buildsOf(collectionId: CollectionId): readonly SegmentBuild[] {
    return [...this.#deps.builds.of(collectionId)].map(({ build }) => ({
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
        void this.#dropEndedJobs([...builds.of(collectionId)]);
      }
      const indexes = catalog.of(collectionId);
      this.#abandonUnwanted(collectionId, segments, indexes);
      await this.#makeMissing(collectionId, segments, indexes);
      for (const record of builds.of(collectionId)) this.#resume(record);
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
    if (this.#isStopped || this.#asked.has(collectionId)) return;
    this.#asked.add(collectionId);
    const { clock, log } = this.#deps;
    try {
      await this.cover(collectionId);
    } catch (err) {
      if (this.#isStopped) return;
      this.#asked.delete(collectionId);
      log.warn({ collectionId, err }, 'index builds could not be recorded');
      clock.setTimeout(() => this.coverSoon(collectionId), COVER_AGAIN_MS);
    }
  }

  /** Stops every actor where it stands; the records say how to go on. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#endRoom();
    this.#life.abort();
    for (const { stop } of this.#resident.values()) stop();
    this.#resident.clear();
    await this.#turns.drain();
  }

  /** A predecessor may have died between the end of a build and the end of its job. */
  async #dropEndedJobs(records: readonly BuildRecord[]): Promise<void> {
    const { nodes, log } = this.#deps;
    for (const { build } of records) {
      if (this.#isStopped) return;
      const isEnded = build.state === 'Finished' || build.state === 'Failed';
      if (!isEnded || build.nodeId === NO_NODE) continue;
      try {
        await nodes.dropJob(build, this.#life.signal);
      } catch (caught) {
        log.warn({ buildId: build.id, err: caught }, 'an ended index job could not be dropped');
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
    for (const record of [...this.#deps.builds.of(collectionId)]) {
      const { id, indexId, segmentId } = record.build;
      if (indexIds.has(indexId) && segmentIds.has(segmentId)) continue;
      this.#waiting.delete(id);
      this.#resident.get(id)?.abandon();
      this.#deps.builds.forget(record);
    }
  }

  async #makeMissing(
    collectionId: CollectionId,
    segments: readonly FlushedSegment[],
    indexes: readonly IndexRecord[],
  ): Promise<void> {
    const builds = [...this.#deps.builds.of(collectionId)];
    const there = new Set(builds.map(({ build }) => `${build.indexId}/${build.segmentId}`));
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

  #resume(record: BuildRecord): void {
    const { id, state } = record.build;
    if (this.#isStopped || state === 'Finished' || state === 'Failed') return;
    if (this.#resident.has(id)) return;
    const { residentMax = RESIDENT_MAX } = this.#deps;
    if (this.#resident.size < residentMax) this.#start(record);
    else this.#waiting.set(id, record);
  }

  #start(record: BuildRecord): void {
    const { clock, log } = this.#deps;
    const { build, collectionId } = record;
    const actor = createActor(indexBuildActors(this.#work, collectionId), {
      id: `indexBuild:${build.id}`,
      input: { build },
      clock: xstateClock(clock),
    });
    const resident: Resident = {
      record,
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
    this.#waiting.delete(next.build.id);
    const { build, collectionId } = next;
    const current = this.#deps.builds.find(collectionId, build.id);
    if (current) this.#resume(current);
  }
}
