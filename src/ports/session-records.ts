import type { Member } from './membership.js';

/** A session, as it outlives the process that keeps it. */
export interface SessionRecord {
  readonly member: Member;
  readonly leaseId: bigint;
}

/** Where a membership that has no store of its own writes down who holds a session. */
export interface SessionRecords {
  /** What was written down when this process began. */
  readonly found: readonly SessionRecord[];

  /**
   * Durable when the promise settles; it replaces what was there of this server id.
   *
   * @throws CoordError `MetaStoreUnavailable` when nothing was written and asking again may help.
   */
  save(record: SessionRecord): Promise<void>;

  /** The session is over. Settles after one attempt; one that fails is made again later. */
  remove(serverId: bigint): Promise<void>;
}
