/** One key and its bytes. Keys are full paths such as `by-dev/meta/root-coord/…`. */
export interface KeyValue {
  readonly key: string;
  readonly value: Uint8Array;
}

/** A key is 1 to 1978 bytes of UTF-8; a longer one is refused as `ParameterTooLarge`. */
export type Write =
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'remove'; readonly key: string };

/** What one commit may hold at most; the group committer packs up to this. */
export interface CommitLimits {
  readonly operationsMax: number;
  /** Sum of `bytesOf` over the commit's writes. */
  readonly bytesMax: number;
}

/** What one write counts against `CommitLimits.bytesMax`: its key in UTF-8 and its value. */
export const bytesOf = (write: Write): number =>
  Buffer.byteLength(write.key) + (write.kind === 'put' ? write.value.byteLength : 0);

/** Which part of a prefix a scan reads. */
export interface ScanOptions {
  /** Only keys behind this one, which starts with the prefix and need not exist. */
  readonly after?: string;
  /** At most this many rows in all; at least 1. */
  readonly limit?: number;
}

/** Proof of leadership that every commit presents; opaque outside the adapter that issued it. */
export interface Fence {
  readonly epoch: bigint;
}

/** Who asks for a store, in words another host can check or print. */
export interface Candidate {
  /** Address clients reach this coordinator at. */
  readonly address: string;
  readonly host: string;
  /** Changes with every boot of the host; empty when the platform does not tell. */
  readonly bootId: string;
  /** Names the process-id name space, so that a pid of another container is not mistaken. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** When the process started, in the kernel's own unit; tells a reused pid from the old one. */
  readonly processStart: string;
}

/** Sole ownership of the store, from `campaign` until `lost` fires or `resign` settles. */
export interface Leadership {
  readonly fence: Fence;
  /** Aborted once ownership is gone or can no longer be proved; the holder must stop at once. */
  readonly lost: AbortSignal;
  /**
   * Whether ownership is proved at this very moment. A process that was frozen serves what had
   * arrived before its timers run: `lost` comes too late for an answer nobody stores.
   */
  readonly isProved: boolean;
  /**
   * Gives the store up so that the next candidate need not wait. Safe to call twice; does not
   * fire `lost`. An unreachable store is not an error here: the lease runs out by itself.
   */
  resign(): Promise<void>;
}

/** The answer to a campaign: ownership, or who holds the store. */
export type CampaignOutcome =
  | { readonly kind: 'elected'; readonly leadership: Leadership }
  | { readonly kind: 'held'; readonly holder: string };

/**
 * Durable keys and values, narrow enough that memory, an embedded library and etcd can all offer
 * it. Failures are `CoordError`s: `MetaStoreUnavailable` when nothing was written and asking again
 * may help, `ServiceNotReady` when the fence is gone. Only with the latter may the outcome of a
 * commit be unknown; whoever leads next reads what was written.
 */
export interface MetaStore {
  readonly limits: CommitLimits;

  /** The value as of now; a copy that stays valid. */
  get(key: string): Promise<Uint8Array | undefined>;

  /**
   * Every key that starts with `prefix` (which ends in `/`), in the order of the keys' UTF-8
   * bytes, in pages, as of one moment: writes made during the scan are not seen. Leave it by
   * `break` or run it to its end; an abandoned scan pins old data until `close`.
   */
  scan(prefix: string, options?: ScanOptions): AsyncIterable<readonly KeyValue[]>;

  /**
   * All writes or none, durable when the promise settles. Refuses once `fence` is no longer the
   * store's current one; no writes at all just ask that question. A key may occur once per commit.
   * Over-limit commits are a programmer's error and throw. Values are copied before the call
   * returns, so the caller may reuse its buffers.
   */
  commit(writes: readonly Write[], fence: Fence): Promise<void>;

  /**
   * Asks once for sole ownership. A holder that provably died (its process on this host is gone,
   * or its lease ran out) is replaced at once. One whose life cannot be checked from here is
   * replaced when it has stayed silent for its time to live, so a standby keeps asking.
   */
  campaign(candidate: Candidate): Promise<CampaignOutcome>;

  /** Waits for commits under way, resigns, then lets go of files and connections. */
  close(): Promise<void>;
}
