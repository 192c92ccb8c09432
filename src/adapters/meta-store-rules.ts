import { CoordError, echo } from '../domain/errors.js';
import { invariant } from '../domain/invariant.js';
import { bytesOf, type CommitLimits, type ScanOptions, type Write } from '../ports/meta-store.js';

/**
 * The longest key lmdb takes with its 4 KiB pages. Every adapter keeps to it, so that what one
 * store holds another can take over.
 */
export const KEY_BYTES_MAX = 1978;

/**
 * Commits one instance takes on before the first of them is done. The group committer has a few
 * under way; a thousand means that somebody writes past it.
 */
export const COMMITS_UNDER_WAY_MAX = 1024;

/** Refuses a key that no store takes. */
export function checkKey(key: string): void {
  invariant(key !== '', 'a key has at least one character');
  const bytes = Buffer.byteLength(key);
  if (bytes <= KEY_BYTES_MAX) return;
  const reason = `a key of ${bytes} bytes exceeds the ${KEY_BYTES_MAX} bytes of the metastore`;
  throw new CoordError('ParameterTooLarge', `${reason}: ${echo(key)}`);
}

/** Prefixes end in `/`, so that `a/1` never finds `a/10` (facts/rootcoord §17.4). */
export function checkPrefix(prefix: string): void {
  invariant(prefix.endsWith('/'), `a prefix ends in "/": ${echo(prefix)}`);
  checkKey(prefix);
}

/** Where a scan begins: the smallest key it may read. */
export function startOfScan(prefix: string, { after, limit = 1 }: ScanOptions): string {
  checkPrefix(prefix);
  invariant(limit >= 1, 'a scan reads at least one row');
  if (after === undefined) return prefix;
  invariant(after.startsWith(prefix), `a scan goes on inside its prefix: ${echo(after)}`);
  return `${after}\0`;
}

/** The smallest key that is greater than every key of the prefix: `/` is followed by `0`. */
export const endOfPrefix = (prefix: string): string => `${prefix.slice(0, -1)}0`;

/** Checks a commit against the port's rules and copies its values before the caller goes on. */
export function sealCommit(writes: readonly Write[], limits: CommitLimits): readonly Write[] {
  const { operationsMax, bytesMax } = limits;
  invariant(writes.length <= operationsMax, `a commit has at most ${operationsMax} operations`);
  const keys = new Set<string>();
  let bytes = 0;
  for (const write of writes) {
    checkKey(write.key);
    invariant(!keys.has(write.key), `a key occurs once per commit: ${echo(write.key)}`);
    keys.add(write.key);
    bytes += bytesOf(write);
  }
  invariant(bytes <= bytesMax, `a commit has at most ${bytesMax} bytes, this one has ${bytes}`);
  return writes.map(copyOf);
}

const copyOf = (write: Write): Write =>
  write.kind === 'remove' ? write : { ...write, value: Buffer.from(write.value) };

/** The store answers nobody after `close`. */
export const storeIsClosed = (): CoordError =>
  new CoordError('MetaStoreUnavailable', 'the metastore is closed');

/** The commit comes while too many others are under way; nothing of it was written. */
export const tooManyCommits = (): CoordError =>
  new CoordError('MetaStoreUnavailable', `more than ${COMMITS_UNDER_WAY_MAX} commits at once`);

/** The commit's fence is no longer the store's current one. */
export const fenceIsGone = (reason: string, cause?: unknown): CoordError =>
  new CoordError('ServiceNotReady', `the leadership over the metastore is gone: ${reason}`, {
    cause,
  });
