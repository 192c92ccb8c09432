import type {
  CampaignOutcome,
  Candidate,
  Fence,
  KeyValue,
  MetaStore,
  ScanOptions,
  Write,
} from '../../ports/meta-store.js';
import {
  checkKey,
  endOfPrefix,
  fenceIsGone,
  sealCommit,
  startOfScan,
  storeIsClosed,
} from '../meta-store-rules.js';
import { EtcdCampaign } from './etcd-campaign.js';
import { EtcdConnection, type EtcdConnectionOptions } from './etcd-connection.js';
import type { EtcdLeadership } from './etcd-leadership.js';
import { ETCD_LIMITS, FencedCommits } from './fenced-commits.js';
import { pagedRange } from './paged-range.js';

export interface EtcdMetaStoreOptions extends EtcdConnectionOptions {
  /** Where the adapter's own keys lie: `etcd.rootPath` and `etcd.metaSubPath`. */
  readonly rootPath: string;
  readonly metaSubPath?: string;
  /** Name of the session key. */
  readonly role?: string;
  /** How long a leader that is not heard of keeps the store, in whole seconds. */
  readonly leaseTtlSeconds?: number;
}

const META_SUB_PATH = 'meta';
const ROLE = 'rootcoord';
/** A frozen etcd node costs some 3 s; a dead leader should be replaced in a few more. */
const LEASE_TTL_SECONDS = 10;

interface Term {
  readonly leadership: EtcdLeadership;
  readonly commits: FencedCommits;
}

/** The metastore of a cluster: etcd, with leadership under a lease that fences every commit. */
export class EtcdMetaStore implements MetaStore {
  readonly limits = ETCD_LIMITS;
  readonly #connection: EtcdConnection;
  readonly #campaign: EtcdCampaign;
  readonly #rootPath: string;
  readonly #underWay = new Set<Promise<void>>();
  #term: Term | undefined;
  #isClosed = false;

  private constructor(connection: EtcdConnection, options: EtcdMetaStoreOptions) {
    const { rootPath, metaSubPath = META_SUB_PATH, role = ROLE, leaseTtlSeconds } = options;
    this.#connection = connection;
    this.#rootPath = rootPath;
    this.#campaign = new EtcdCampaign(connection, {
      metaRoot: `${rootPath}/${metaSubPath}`,
      role,
      leaseTtlSeconds: leaseTtlSeconds ?? LEASE_TTL_SECONDS,
    });
  }

  /** Settles once etcd answers; `MetaStoreUnavailable` after `openDeadlineMs` without. */
  static async open(options: EtcdMetaStoreOptions): Promise<EtcdMetaStore> {
    return new EtcdMetaStore(await EtcdConnection.open(options), options);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    this.#assertOpen();
    checkKey(key);
    const { kvs } = await this.#connection.read('read a key', (deadline) =>
      this.#connection.kv.range({ key: Buffer.from(key) }, deadline),
    );
    const row = kvs[0];
    return row && Buffer.from(row.value);
  }

  async *scan(prefix: string, options: ScanOptions = {}): AsyncGenerator<readonly KeyValue[]> {
    this.#assertOpen();
    const start = startOfScan(prefix, options);
    const range = { start, end: endOfPrefix(prefix), limit: options.limit };
    for await (const page of pagedRange(this.#connection, range)) {
      yield page;
      this.#assertOpen();
    }
  }

  async commit(writes: readonly Write[], fence: Fence): Promise<void> {
    this.#assertOpen();
    const sealed = sealCommit(writes, this.limits);
    const term = this.#term;
    if (
      term === undefined ||
      term.leadership.isOver ||
      term.leadership.fence.epoch !== fence.epoch
    ) {
      throw fenceIsGone('this fence is not current');
    }
    const commit = term.commits.commit(sealed);
    this.#underWay.add(commit);
    try {
      await commit;
    } finally {
      this.#underWay.delete(commit);
    }
  }

  async campaign(candidate: Candidate): Promise<CampaignOutcome> {
    this.#assertOpen();
    const outcome = await this.#campaign.run(candidate);
    if (outcome.kind === 'held') return outcome;
    const { leadership } = outcome;
    const commits = new FencedCommits(this.#connection, leadership, this.#rootPath);
    this.#term = { leadership, commits };
    return outcome;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
    await this.#term?.leadership.resign();
    this.#connection.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw storeIsClosed();
  }
}
