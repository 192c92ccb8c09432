import { EtcdLeaseInvalidError, type IRequestOp, type ITxnRequest, type ITxnResponse } from 'etcd3';
import type { CoordError } from '../../domain/errors.js';
import type { CommitLimits, Write } from '../../ports/meta-store.js';
import { fenceIsGone } from '../meta-store-rules.js';
import { type CommitSlot, CommitSlots } from './commit-slots.js';
import type { Deadline, EtcdConnection } from './etcd-connection.js';
import { etcdFailure, isRefusal } from './etcd-errors.js';
import { etcdKeys } from './etcd-keys.js';
import type { EtcdLeadership } from './etcd-leadership.js';

/** etcd's default `--max-txn-ops`, of which the slot takes one. */
const ETCD_OPERATIONS_MAX = 128;
/** etcd's default `--max-request-bytes`. */
const ETCD_REQUEST_BYTES_MAX = 1_572_864;
/** Fence, slot and some 20 bytes of framing per operation; twice what they come to. */
const ENVELOPE_BYTES_MAX = 16_384;

const ATTEMPTS_PER_TTL = 4;

export const ETCD_LIMITS: CommitLimits = {
  operationsMax: ETCD_OPERATIONS_MAX - 1,
  bytesMax: ETCD_REQUEST_BYTES_MAX - ENVELOPE_BYTES_MAX,
};

/**
 * The commits of one leadership. Each is one transaction that compares the session key and the
 * revision of its slot, and writes its number into the slot. So it takes effect at most once
 * however often it is sent: a second application finds the slot moved, and its number in it. That
 * makes repeating a commit with a lost answer the way to learn its outcome.
 */
export class FencedCommits {
  readonly #connection: EtcdConnection;
  readonly #leadership: EtcdLeadership;
  readonly #slots: CommitSlots;
  #commits = 0;

  constructor(connection: EtcdConnection, leadership: EtcdLeadership, rootPath: string) {
    this.#connection = connection;
    this.#leadership = leadership;
    const { epoch } = leadership.fence;
    this.#slots = new CommitSlots((slot) => etcdKeys.slot(rootPath, epoch, slot));
  }

  /**
   * Settles once the writes are durable. `MetaStoreUnavailable` when etcd refused them, and
   * `ServiceNotReady` when the leadership ended first; only then may the outcome be unknown.
   */
  commit(writes: readonly Write[]): Promise<void> {
    this.#commits += 1;
    const number = Buffer.from(String(this.#commits));
    return this.#slots.lend((slot) => this.#settle(slot, this.#request(slot, number, writes)));
  }

  async #settle(slot: CommitSlot, request: FencedRequest): Promise<void> {
    let doubtSinceMs: number | undefined;
    while (!this.#leadership.isOver) {
      try {
        const answer = await this.#connection.kv.txn(request.transaction, this.#deadline());
        const revision = this.#judge(request, answer);
        if (revision !== undefined) {
          slot.revision = revision;
          return;
        }
      } catch (error) {
        if (isRefusal(error) && doubtSinceMs === undefined) throw etcdFailure('commit', error);
        if (error instanceof EtcdLeaseInvalidError) this.#leadership.lose('the lease ran out');
        else doubtSinceMs ??= performance.now();
        await this.#connection.pause();
      }
      this.#endLongDoubt(doubtSinceMs);
    }
    throw this.#gone(doubtSinceMs !== undefined);
  }

  /** The slot's new revision if the commit is applied; otherwise the leadership has ended. */
  #judge(request: FencedRequest, answer: ITxnResponse): string | undefined {
    if (answer.succeeded) return answer.header.revision;
    const [session, slot] = answer.responses.map(({ response_range }) => response_range.kvs[0]);
    if (slot?.value.equals(request.number)) return slot.mod_revision;
    const isCurrent = session?.create_revision === String(this.#leadership.fence.epoch);
    const reason = isCurrent ? 'somebody wrote into its slots' : 'another session took its place';
    this.#leadership.lose(reason);
    return undefined;
  }

  /** A leader that cannot learn what it wrote is none, even if its lease can still be renewed. */
  #endLongDoubt(sinceMs: number | undefined): void {
    const { ttlMs } = this.#leadership.lease;
    if (sinceMs === undefined || performance.now() - sinceMs < ttlMs) return;
    this.#leadership.lose(`a commit stayed without an answer for ${ttlMs} ms`);
  }

  #request(slot: CommitSlot, number: Buffer, writes: readonly Write[]): FencedRequest {
    const { fence, lease, sessionKey } = this.#leadership;
    const session = Buffer.from(sessionKey);
    const mark = { key: slot.key, value: number, lease: String(lease.id) };
    const transaction = {
      compare: [
        {
          key: session,
          target: 'Create' as const,
          result: 'Equal' as const,
          create_revision: String(fence.epoch),
        },
        {
          key: slot.key,
          target: 'Mod' as const,
          result: 'Equal' as const,
          mod_revision: slot.revision,
        },
      ],
      success: [...writes.map(operationOf), { request_put: mark }],
      failure: [{ request_range: { key: session } }, { request_range: { key: slot.key } }],
    };
    return { number, transaction };
  }

  /** Several attempts fit the lease, whatever a single call may take. */
  #deadline(): Deadline {
    return this.#connection.deadline(this.#leadership.lease.ttlMs / ATTEMPTS_PER_TTL);
  }

  #gone(isInDoubt: boolean): CoordError {
    const outcome = isInDoubt ? 'whether it was applied is unknown' : 'nothing was written';
    return fenceIsGone(`it ended before a commit did; ${outcome}`, this.#leadership.lost.reason);
  }
}

interface FencedRequest {
  /** What the commit leaves in its slot. */
  readonly number: Buffer;
  readonly transaction: ITxnRequest;
}

function operationOf(write: Write): IRequestOp {
  const key = Buffer.from(write.key);
  if (write.kind === 'remove') return { request_delete_range: { key } };
  return { request_put: { key, value: bufferOf(write.value) } };
}

/** The same bytes as the Buffer etcd3 asks for. */
const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
