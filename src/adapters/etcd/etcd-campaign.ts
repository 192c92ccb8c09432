import type { IKeyValue, ITxnRequest, ITxnResponse } from 'etcd3';
import { CoordError, echo } from '../../domain/errors.js';
import type { CampaignOutcome, Candidate } from '../../ports/meta-store.js';
import { describeCandidate, livenessOf } from '../process-identity.js';
import type { EtcdConnection } from './etcd-connection.js';
import { etcdKeys } from './etcd-keys.js';
import { EtcdLeadership } from './etcd-leadership.js';
import { grantLease, type Lease, revokeLease } from './lease.js';
import { decodeSession, encodeSession } from './session-record.js';

/** A candidate loses a round when others register between its read and its write. */
const ROUNDS_MAX = 10;

/** What stands under the two keys of the session at one moment. */
interface SessionView {
  readonly session: IKeyValue | undefined;
  readonly serverId: IKeyValue | undefined;
}

interface SessionOptions {
  readonly metaRoot: string;
  /** Milvus' word for the coordinator: `rootcoord`. */
  readonly role: string;
  readonly leaseTtlSeconds: number;
}

export type EtcdCampaignOutcome =
  | { readonly kind: 'elected'; readonly leadership: EtcdLeadership }
  | Extract<CampaignOutcome, { kind: 'held' }>;

/**
 * Creates the session key if nobody has it, under a lease of its own. A server id is taken from
 * the cluster's counter in the same transaction (facts/rootcoord §17.6).
 */
export class EtcdCampaign {
  readonly #connection: EtcdConnection;
  readonly #role: string;
  readonly #leaseTtlSeconds: number;
  readonly #sessionKey: string;
  readonly #serverIdKey: string;

  constructor(connection: EtcdConnection, { metaRoot, role, leaseTtlSeconds }: SessionOptions) {
    this.#connection = connection;
    this.#role = role;
    this.#leaseTtlSeconds = leaseTtlSeconds;
    this.#sessionKey = etcdKeys.session(metaRoot, role);
    this.#serverIdKey = etcdKeys.serverId(metaRoot);
  }

  async run(candidate: Candidate): Promise<EtcdCampaignOutcome> {
    const view = await this.#look();
    const holder = await this.#holderAfterEviction(view.session);
    if (holder !== undefined) return { kind: 'held', holder };
    const lease = await grantLease(this.#connection, this.#leaseTtlSeconds);
    try {
      const outcome = await this.#create(candidate, lease, view);
      if (outcome.kind === 'held') await this.#giveBack(lease);
      return outcome;
    } catch (error) {
      await this.#giveBack(lease);
      throw error;
    }
  }

  /** Names the holder that stays; one whose process is dead loses its lease and is not named. */
  async #holderAfterEviction(session: IKeyValue | undefined): Promise<string | undefined> {
    if (session === undefined) return undefined;
    const { address, host, candidate } = decodeSession(session.value);
    if (candidate === undefined) return `a session of ${host} (address ${address})`;
    if (livenessOf(candidate) !== 'dead' || session.lease === '0') {
      return describeCandidate(candidate);
    }
    await revokeLease(this.#connection, BigInt(session.lease));
    return undefined;
  }

  async #create(
    candidate: Candidate,
    lease: Lease,
    seen: SessionView,
  ): Promise<EtcdCampaignOutcome> {
    let view = seen;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const answer = await this.#tryCreate(candidate, lease, view);
      if (answer.succeeded) return this.#elected(lease, answer.header.revision);
      view = viewOf(answer);
      // The transaction may be repeated after a lost answer; then the key is there and ours.
      const { session } = view;
      if (session?.lease === String(lease.id)) return this.#elected(lease, session.create_revision);
      if (session !== undefined) {
        const { address } = decodeSession(session.value);
        return { kind: 'held', holder: `a faster candidate (address ${address})` };
      }
    }
    throw new CoordError('MetaStoreUnavailable', 'the counter of server ids changes all the time');
  }

  #tryCreate(candidate: Candidate, lease: Lease, view: SessionView): Promise<ITxnResponse> {
    const serverId = serverIdOf(view.serverId);
    const value = encodeSession(this.#role, candidate, serverId, lease.id);
    const session = Buffer.from(this.#sessionKey);
    const counter = Buffer.from(this.#serverIdKey);
    const counterRevision = view.serverId?.mod_revision ?? '0';
    const transaction: ITxnRequest = {
      compare: [
        { key: session, target: 'Create', result: 'Equal', create_revision: '0' },
        { key: counter, target: 'Mod', result: 'Equal', mod_revision: counterRevision },
      ],
      success: [
        { request_put: { key: session, value, lease: String(lease.id) } },
        { request_put: { key: counter, value: Buffer.from(String(serverId + 1n)) } },
      ],
      failure: [{ request_range: { key: session } }, { request_range: { key: counter } }],
    };
    return this.#connection.read('create the session', (deadline) =>
      this.#connection.kv.txn(transaction, deadline),
    );
  }

  async #look(): Promise<SessionView> {
    const keys = [this.#sessionKey, this.#serverIdKey].map((key) => Buffer.from(key));
    const success = keys.map((key) => ({ request_range: { key } }));
    const answer = await this.#connection.read('read the session', (deadline) =>
      this.#connection.kv.txn({ success }, deadline),
    );
    return viewOf(answer);
  }

  #elected(lease: Lease, createRevision: string): EtcdCampaignOutcome {
    const epoch = BigInt(createRevision);
    const leadership = new EtcdLeadership(this.#connection, this.#sessionKey, lease, epoch);
    return { kind: 'elected', leadership };
  }

  /** A lease that cannot be given back runs out by itself. */
  async #giveBack(lease: Lease): Promise<void> {
    await revokeLease(this.#connection, lease.id).catch(() => {});
  }
}

function viewOf(answer: ITxnResponse): SessionView {
  const [session, serverId] = answer.responses.map(({ response_range }) => response_range.kvs[0]);
  return { session, serverId };
}

/** The counter holds the next id to be taken; a cluster without a counter starts at 1. */
function serverIdOf(counter: IKeyValue | undefined): bigint {
  const text = counter?.value.toString('utf8') ?? '1';
  if (/^\d+$/.test(text)) return BigInt(text);
  throw new CoordError(
    'ServiceInternal',
    `the counter of server ids is not a number: ${echo(text)}`,
  );
}
