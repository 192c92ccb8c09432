import fc from 'fast-check';
import { physicalChannel, virtualChannel } from '../../src/domain/channels.js';
import type { CollectionId, DatabaseId, PartitionId, TaskId } from '../../src/domain/ids.js';
import type { CollectionRecord, LifecycleState } from '../../src/domain/records.js';
import type { Timestamp } from '../../src/domain/timestamp.js';
import type { CollectionChange } from '../../src/root/catalog/change.js';
import { aRecord } from './records.js';

/**
 * Random histories the DDL supervisor could have committed: at most one collection under a name is
 * Creating or Created, timestamps grow in queue order, and `created` carries the create's own.
 */

export const DATABASES = [1n, 10n].map((id) => id as DatabaseId);
export const NAMES = ['a', 'b', 'ab'] as const;
const CHANNELS_MAX = 5;

/** One throw of the dice: which kind of change, and to what, if it is possible then. */
interface Throw {
  readonly kind: 'create' | 'created' | 'drop' | 'purge';
  readonly database: number;
  readonly name: number;
  readonly which: number;
  readonly shards: number;
  readonly partitions: number;
}

const aThrow: fc.Arbitrary<Throw> = fc.record({
  kind: fc.constantFrom('create', 'create', 'created', 'created', 'drop', 'purge'),
  database: fc.nat({ max: DATABASES.length - 1 }),
  name: fc.nat({ max: NAMES.length - 1 }),
  which: fc.nat({ max: 1_000 }),
  shards: fc.integer({ min: 1, max: 3 }),
  partitions: fc.integer({ min: 1, max: 4 }),
});

/** Plays the throws; those that are not possible when their turn comes are passed over. */
class Player {
  readonly changes: CollectionChange[] = [];
  readonly #records = new Map<CollectionId, CollectionRecord>();
  #now = 100n;
  #nextId = 8n;

  play(thrown: Throw): void {
    const change = thrown.kind === 'create' ? this.#create(thrown) : this.#continue(thrown);
    if (!change) return;
    const { before, after } = change;
    if (after) this.#records.set(after.id, after);
    else if (before) this.#records.delete(before.id);
    this.changes.push(change);
  }

  #create({ database, name, which, shards, partitions }: Throw): CollectionChange | undefined {
    const databaseId = DATABASES[database] ?? (1n as DatabaseId);
    const word = NAMES[name] ?? 'a';
    const isTaken = this.#inState('Creating', 'Created').some(
      (record) => record.databaseId === databaseId && record.name === word,
    );
    if (isTaken) return undefined;
    const id = this.#nextId as CollectionId;
    this.#nextId += 1n + BigInt(partitions);
    const createdAt = this.#tick();
    const physicalChannels = Array.from({ length: shards }, (_, shard) =>
      physicalChannel('by-dev-rootcoord-dml', (which + shard) % CHANNELS_MAX),
    );
    const after = aRecord({
      id,
      databaseId,
      name: word,
      state: 'Creating',
      createdAt,
      shardsNum: shards,
      physicalChannels,
      virtualChannels: physicalChannels.map((channel, shard) => virtualChannel(channel, id, shard)),
      partitions: Array.from({ length: partitions }, (_, i) => ({
        id: (id + 1n + BigInt(i)) as PartitionId,
        name: `_default_${i}`,
        createdAt,
        state: 'Created' as const,
      })),
    });
    return changeOf('collection.creating', undefined, after, createdAt);
  }

  #continue({ kind, which }: Throw): CollectionChange | undefined {
    const states: Record<string, LifecycleState[]> = {
      created: ['Creating'],
      drop: ['Created'],
      purge: ['Creating', 'Dropping'],
    };
    const candidates = this.#inState(...(states[kind] ?? []));
    const before = candidates[which % Math.max(1, candidates.length)];
    if (!before) return undefined;
    if (kind === 'created') {
      const after = { ...before, state: 'Created' as const };
      return changeOf('collection.created', before, after, before.createdAt);
    }
    const timestamp = this.#tick();
    if (kind === 'purge') return changeOf('collection.dropped', before, undefined, timestamp);
    const after = { ...before, state: 'Dropping' as const, updatedAt: timestamp };
    return changeOf('collection.dropping', before, after, timestamp);
  }

  #inState(...states: LifecycleState[]): CollectionRecord[] {
    return [...this.#records.values()].filter(({ state }) => states.includes(state));
  }

  /** Two apart, so that there are moments between any two changes. */
  #tick(): Timestamp {
    this.#now += 2n;
    return this.#now as Timestamp;
  }
}

function changeOf(
  operation: string,
  before: CollectionRecord | undefined,
  after: CollectionRecord | undefined,
  timestamp: Timestamp,
): CollectionChange {
  const taskId = timestamp as bigint as TaskId;
  return { kind: 'collection', operation, before, after, timestamp, taskId, actor: 'test' };
}

/** Histories of up to `lengthMax` changes, in commit order. */
export const aHistory = (lengthMax: number): fc.Arbitrary<readonly CollectionChange[]> =>
  fc
    .array(aThrow, { maxLength: lengthMax * 2, minLength: lengthMax, size: 'max' })
    .map((thrown) => {
      const player = new Player();
      for (const each of thrown) player.play(each);
      return player.changes;
    });

/** The same changes in commits of one to four. */
export function inCommits<T>(changes: readonly T[], sizes: readonly number[]): T[][] {
  const commits: T[][] = [];
  for (let from = 0, i = 0; from < changes.length; i++) {
    const size = 1 + ((sizes[i % Math.max(1, sizes.length)] ?? 0) % 4);
    commits.push(changes.slice(from, from + size));
    from += size;
  }
  return commits;
}

/** What the records are after these changes, whatever their state; the naive way. */
export function recordsAfter(changes: readonly CollectionChange[]): CollectionRecord[] {
  const records = new Map<CollectionId, CollectionRecord>();
  for (const { before, after } of changes) {
    if (before) records.delete(before.id);
    if (after) records.set(after.id, after);
  }
  return [...records.values()];
}

/**
 * What clients could see at each moment, the naive way: one immutable snapshot per timestamp, each
 * the one before it and the changes of its timestamp.
 */
export function snapshotsOf(
  changes: readonly CollectionChange[],
): (at: Timestamp) => readonly CollectionRecord[] {
  const inOrder = [...changes].sort((a, b) => Number(a.timestamp - b.timestamp));
  const snapshots = new Map<Timestamp, readonly CollectionRecord[]>();
  const records = new Map<CollectionId, CollectionRecord>();
  for (const { before, after, timestamp } of inOrder) {
    if (before) records.delete(before.id);
    if (after) records.set(after.id, after);
    const visible = [...records.values()].filter(({ state }) => state === 'Created');
    snapshots.set(timestamp, visible);
  }
  const times = [...snapshots.keys()];
  return (at) => snapshots.get(times.findLast((time) => time <= at) ?? at) ?? [];
}
