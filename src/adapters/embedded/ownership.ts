import type { Database } from 'lmdb';
import { CoordError } from '../../domain/errors.js';
import type { Candidate } from '../../ports/meta-store.js';

/** Its version is how many elections there were; the epoch of the next one is one more. */
const ELECTIONS_KEY = 'elections';
/** Its version is the owner's epoch, which every commit compares; absent when nobody owns. */
const OWNER_KEY = 'owner';

/** Who owns the store. */
export interface Owner {
  readonly candidate: Candidate;
  readonly epoch: number;
  /** Counts the owner's renewals; it moves as long as the owner lives. */
  readonly beat: number;
}

/** The store's record of ownership at one moment. */
export interface OwnershipRecord {
  readonly elections: number;
  readonly owner: Owner | undefined;
}

/**
 * Ownership as two entries whose versions lmdb compares inside its write transaction, across
 * processes: each change below happens as a whole or not at all, and says which. The promises of
 * single writes inside such a block tell nothing; the block's own does.
 */
export class Ownership {
  readonly #entries: Database<string, string>;

  constructor(entries: Database<string, string>) {
    this.#entries = entries;
  }

  /** As of now, whatever this turn of the event loop has read before. */
  read(): OwnershipRecord {
    this.#entries.resetReadTxn();
    const elections = this.#entries.getEntry(ELECTIONS_KEY)?.version ?? 0;
    const entry = this.#entries.getEntry(OWNER_KEY);
    const epoch = entry?.version;
    if (entry === undefined || epoch === undefined) return { elections, owner: undefined };
    return { elections, owner: { ...decodeOwner(entry.value), epoch } };
  }

  /** False when another election came in between `elections` was read and now. */
  elect(elections: number, candidate: Candidate): Promise<boolean> {
    const epoch = elections + 1;
    const write = (): void => {
      void this.#entries.put(ELECTIONS_KEY, String(epoch), epoch);
      void this.#entries.put(OWNER_KEY, encodeOwner(candidate, 0), epoch);
    };
    return elections === 0
      ? this.#entries.ifNoExists(ELECTIONS_KEY, write)
      : this.#entries.ifVersion(ELECTIONS_KEY, elections, write);
  }

  /** Runs the writes of `action` and fsyncs them if `epoch` still owns; false if not. */
  whileOwned(epoch: number, action: () => void): Promise<boolean> {
    return this.#entries.ifVersion(OWNER_KEY, epoch, action);
  }

  /** Moves the heartbeat; false when somebody else owns the store. */
  renew(owner: Owner): Promise<boolean> {
    const { candidate, epoch, beat } = owner;
    return this.#entries.put(OWNER_KEY, encodeOwner(candidate, beat), epoch, epoch);
  }

  /** Leaves the store without an owner; false when somebody else owns it already. */
  release(epoch: number): Promise<boolean> {
    return this.whileOwned(epoch, () => {
      void this.#entries.remove(OWNER_KEY);
    });
  }
}

const encodeOwner = (candidate: Candidate, beat: number): string =>
  JSON.stringify({ ...candidate, beat });

function decodeOwner(text: string): { candidate: Candidate; beat: number } {
  const fields: unknown = JSON.parse(text);
  if (!isOwnerJson(fields)) {
    throw new CoordError('ServiceInternal', `the metastore's owner record is damaged: ${text}`);
  }
  const { beat, ...candidate } = fields;
  return { candidate, beat };
}

function isOwnerJson(fields: unknown): fields is Candidate & { beat: number } {
  if (typeof fields !== 'object' || fields === null) return false;
  const texts = ['address', 'host', 'bootId', 'pidNamespace', 'processStart'];
  const numbers = ['pid', 'beat'];
  const kindOf = (name: string): string => typeof Reflect.get(fields, name);
  return (
    texts.every((name) => kindOf(name) === 'string') &&
    numbers.every((name) => kindOf(name) === 'number')
  );
}
