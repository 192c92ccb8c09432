import type {
  CampaignOutcome,
  Candidate,
  CommitLimits,
  Fence,
  KeyValue,
  MetaStore,
  ScanOptions,
  Write,
} from '../../ports/meta-store.js';
import {
  COMMITS_UNDER_WAY_MAX,
  checkKey,
  endOfPrefix,
  fenceIsGone,
  sealCommit,
  startOfScan,
  storeIsClosed,
  tooManyCommits,
} from '../meta-store-rules.js';
import { describeCandidate, livenessOf } from '../process-identity.js';
import { DiskReserve } from './disk-reserve.js';
import { EmbeddedLeadership } from './embedded-leadership.js';
import { FailStop } from './fail-stop.js';
import { HeartbeatWatch } from './heartbeat-watch.js';
import { type MetaEnvironment, openEnvironment } from './meta-environment.js';
import { type Owner, Ownership } from './ownership.js';
import { SnapshotScan } from './snapshot-scan.js';

export interface EmbeddedMetaStoreOptions {
  /** The store lives in its subdirectory `meta`, on a local disk: lmdb needs shared memory. */
  readonly dataDir: string;
  readonly renewEveryMs?: number;
  /** Silence after which an owner whose process cannot be checked counts as gone. */
  readonly ownerTtlMs?: number;
  readonly diskReserveBytes?: number;
}

/** One small fsync each: an idle store costs its disk half an fsync per second. */
const RENEW_EVERY_MS = 2_000;
/** Five missed renewals: more than a slow disk takes, less than an operator waits. */
const OWNER_TTL_MS = 10_000;
/** More than a second of the fastest writes seen (170 000 puts of 200 B). */
const DISK_RESERVE_BYTES = 128 * 2 ** 20;

/**
 * One transaction of lmdb takes far more; the bound keeps a single commit from holding up the
 * others for longer than some tens of milliseconds.
 */
const LIMITS: CommitLimits = { operationsMax: 4_096, bytesMax: 4 * 2 ** 20 };

/**
 * The default metastore: lmdb in the data directory, one process at a time. Commits made in one
 * turn of the event loop share an fsync, which runs on a thread of libuv.
 */
export class EmbeddedMetaStore implements MetaStore {
  readonly limits = LIMITS;
  readonly #environment: MetaEnvironment;
  readonly #disk: DiskReserve;
  readonly #ownership: Ownership;
  readonly #writes: FailStop;
  readonly #heartbeat = new HeartbeatWatch();
  readonly #leaderships = new Set<EmbeddedLeadership>();
  readonly #scans = new Set<SnapshotScan>();
  readonly #renewEveryMs: number;
  readonly #ownerTtlMs: number;
  #isClosed = false;

  private constructor(
    environment: MetaEnvironment,
    disk: DiskReserve,
    options: EmbeddedMetaStoreOptions,
  ) {
    this.#environment = environment;
    this.#disk = disk;
    this.#ownership = new Ownership(environment.ownership);
    this.#writes = new FailStop((reason) => {
      for (const leadership of this.#leaderships) leadership.lose(reason);
    });
    this.#renewEveryMs = options.renewEveryMs ?? RENEW_EVERY_MS;
    this.#ownerTtlMs = options.ownerTtlMs ?? OWNER_TTL_MS;
  }

  /**
   * Opens or makes the store. Throws `MetaStoreUnavailable` when the directory cannot be used and
   * `ServiceInternal` when what lies there is not ours, damaged, or from a newer version.
   */
  static async open(options: EmbeddedMetaStoreOptions): Promise<EmbeddedMetaStore> {
    const environment = await openEnvironment(options.dataDir);
    const reserveBytes = options.diskReserveBytes ?? DISK_RESERVE_BYTES;
    const disk = await DiskReserve.watch(environment.path, reserveBytes);
    return new EmbeddedMetaStore(environment, disk, options);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    this.#assertOpen();
    checkKey(key);
    const { data } = this.#environment;
    data.resetReadTxn();
    return data.get(key);
  }

  async *scan(prefix: string, options: ScanOptions = {}): AsyncGenerator<readonly KeyValue[]> {
    this.#assertOpen();
    const start = startOfScan(prefix, options);
    const range = { start, end: endOfPrefix(prefix), limit: options.limit };
    const scan = new SnapshotScan(this.#environment.data, range);
    this.#scans.add(scan);
    try {
      yield* scan.pages();
    } finally {
      this.#scans.delete(scan);
    }
  }

  async commit(writes: readonly Write[], fence: Fence): Promise<void> {
    this.#assertOpen();
    const sealed = sealCommit(writes, this.limits);
    if (this.#writes.count >= COMMITS_UNDER_WAY_MAX) throw tooManyCommits();
    this.#disk.check();
    const isApplied = await this.#writes.run(() =>
      this.#ownership.whileOwned(Number(fence.epoch), () => this.#put(sealed)),
    );
    if (!isApplied) throw fenceIsGone(this.#describeOwner());
  }

  async campaign(candidate: Candidate): Promise<CampaignOutcome> {
    this.#assertOpen();
    const { owner, elections } = this.#ownership.read();
    const obstacle = owner && this.#obstacle(owner);
    if (obstacle !== undefined) return { kind: 'held', holder: obstacle };
    const isElected = await this.#writes.run(() => this.#ownership.elect(elections, candidate));
    if (!isElected) return { kind: 'held', holder: this.#describeOwner() };
    return { kind: 'elected', leadership: this.#lead(candidate, elections + 1) };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const scan of this.#scans) scan.release();
    await this.#writes.settled();
    // After a failed write lmdb may wait for ever; the end of the process closes its files.
    if (this.#writes.failure !== undefined) return;
    await Promise.all([...this.#leaderships].map((leadership) => leadership.resign()));
    await this.#environment.close();
  }

  #put(writes: readonly Write[]): void {
    const { data } = this.#environment;
    for (const write of writes) {
      if (write.kind === 'put') void data.put(write.key, write.value);
      else void data.remove(write.key);
    }
  }

  #lead(candidate: Candidate, epoch: number): EmbeddedLeadership {
    const leadership = new EmbeddedLeadership(
      this.#ownership,
      this.#writes,
      candidate,
      epoch,
      this.#renewEveryMs,
    );
    this.#leaderships.add(leadership);
    return leadership;
  }

  /** Why the owner cannot be replaced now, or nothing. */
  #obstacle(owner: Owner): string | undefined {
    const name = describeCandidate(owner.candidate);
    switch (livenessOf(owner.candidate)) {
      case 'dead':
        return undefined;
      case 'alive':
        return name;
      case 'unknown': {
        const silentMs = Math.round(this.#heartbeat.silentForMs(owner, performance.now()));
        if (silentMs >= this.#ownerTtlMs) return undefined;
        return `${name}, silent for ${silentMs} of the ${this.#ownerTtlMs} ms that prove it gone`;
      }
    }
  }

  #describeOwner(): string {
    const { owner } = this.#ownership.read();
    return owner === undefined ? 'nobody owns the store' : describeCandidate(owner.candidate);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw storeIsClosed();
  }
}
