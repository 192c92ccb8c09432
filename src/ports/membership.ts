/** A component that takes part: what others need to know of it. */
export interface Member {
  /** Unique for as long as the store lives; a component that starts anew gets another. */
  readonly serverId: bigint;
  /** e.g. `proxy`. */
  readonly role: string;
  /** Where it is called, `host:port`. */
  readonly address: string;
  /** It is excluded when it has not renewed its lease for so long. */
  readonly leaseTtlMs: number;
}

export interface Registration {
  readonly role: string;
  readonly address: string;
  readonly leaseTtlMs: number;
  /** The id it had, when its lease ended and it goes on; absent for a component that starts. */
  readonly serverId?: bigint | undefined;
}

/** What a member shows to renew its lease or to leave. */
export interface MemberLease {
  readonly serverId: bigint;
  /** Known to the member alone. */
  readonly leaseId: bigint;
}

export interface HeldLease extends MemberLease {
  readonly leaseTtlMs: number;
}

/**
 * How a session ended: the member said so, or nothing was heard of it for its lease. An adapter
 * that cannot tell says `expired`.
 */
export type Departure = 'left' | 'expired';

/** Told in the order of what happens; never before `watch` was called. */
export interface MembershipListener {
  /** A member is there, or has registered again under its id. */
  joined(member: Member): void;
  left(member: Member, how: Departure): void;
}

export interface MembershipLimits {
  readonly membersMax: number;
  readonly watchersMax: number;
  readonly leaseTtlMsMin: number;
  readonly leaseTtlMsMax: number;
}

/**
 * Who is there. Narrow enough that a map in memory and etcd's session keys with their leases
 * (facts/rootcoord §12.1, §17.6) can both offer it: a member is a key bound to a lease, a put of
 * the key is `joined`, a removal `left`.
 *
 * Failures are `CoordError`s: `ParameterInvalid` for what can never be registered, `QuotaExceeded`
 * past a limit, `ServiceUnavailable` when asking again may help.
 */
export interface Membership {
  readonly limits: MembershipLimits;

  /**
   * A member from when the promise settles on, until it leaves or its lease ends. One that says
   * the id it had keeps it, as long as nobody else holds it at another address; its former lease,
   * if there is one, is void.
   */
  register(registration: Registration): Promise<HeldLease>;

  /**
   * The lease lasts for its whole time to live from now on.
   *
   * @throws CoordError `NodeNotFound` for one that ended or never was: register again.
   */
  keepAlive(lease: MemberLease): Promise<HeldLease>;

  /** Ends the session at once; a lease that is over already is no error. */
  leave(lease: MemberLease): Promise<void>;

  /** The member of this role and id that holds a lease now. */
  find(role: string, serverId: bigint): Promise<Member | undefined>;

  /**
   * Tells of everybody of the role who is there, then of whoever comes and goes, until the function
   * it settles with is called. A listener must not throw.
   */
  watch(role: string, listener: MembershipListener): Promise<() => void>;

  /** Forgets everybody without telling anyone. */
  close(): Promise<void>;
}
