import { describe, expect, it } from 'vitest';
import type { CollectionId, TaskId } from '../../../../src/domain/ids.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { ObjectKind } from '../../../../src/gen/journal.js';
import type { Write } from '../../../../src/ports/meta-store.js';
import type { Change, CollectionChange } from '../../../../src/root/catalog/change.js';
import { decodeImage } from '../../../../src/root/catalog/collection.codec.js';
import { decodeDatabase } from '../../../../src/root/catalog/database.codec.js';
import {
  decodeEntry,
  decodeHorizon,
  encodeHorizon,
  Journal,
} from '../../../../src/root/catalog/journal.js';
import { aDatabase, journalWrites, KEYS, loadedFrom } from '../../../kit/catalog-store.js';
import { plain } from '../../../kit/plain.js';
import { aRecord } from '../../../kit/records.js';

const stamp = {
  timestamp: (2n ** 63n) as Timestamp,
  taskId: (2n ** 62n) as TaskId,
  actor: '127.0.0.1:5000',
  operation: 'collection.created',
};

const creating = aRecord({ state: 'Creating' });
const created = aRecord({ state: 'Created' });

const change = (differences: Partial<CollectionChange> = {}): CollectionChange => ({
  kind: 'collection',
  before: creating,
  after: created,
  ...stamp,
  ...differences,
});

const decoded = (write: Write) =>
  decodeEntry(write.kind === 'put' ? write.value : new Uint8Array());

describe('an entry', () => {
  it('says what was recorded, and carries both images', () => {
    const [entry] = decoded(new Journal(KEYS, 0n).entry([change()]));
    expect(entry).toMatchObject({
      sequence: 1n,
      timestamp: stamp.timestamp,
      taskId: stamp.taskId,
      objectKind: ObjectKind.OBJECT_KIND_COLLECTION,
      objectId: created.id,
      databaseId: created.databaseId,
    });
    expect(plain(decodeImage(entry?.before ?? new Uint8Array()))).toEqual(plain(creating));
    expect(plain(decodeImage(entry?.after ?? new Uint8Array()))).toEqual(plain(created));
  });

  it('leaves an image empty where there was nothing', () => {
    const journal = new Journal(KEYS, 0n);
    const [birth] = decoded(journal.entry([change({ before: undefined })]));
    const [end] = decoded(journal.entry([change({ after: undefined })]));
    expect([birth?.before.length, end?.after.length]).toEqual([0, 0]);
    expect(end?.objectId).toBe(creating.id);
  });

  it('carries databases, too', () => {
    const after = aDatabase();
    const write = new Journal(KEYS, 0n).entry([
      { kind: 'database', before: undefined, after, ...stamp },
    ]);
    const [entry] = decoded(write);
    expect(entry?.objectKind).toBe(ObjectKind.OBJECT_KIND_DATABASE);
    expect(plain(decodeDatabase(entry?.after ?? new Uint8Array()))).toEqual(plain(after));
  });

  it('takes no more room than was said before it was written', () => {
    const changes = [
      change({ actor: 'ü'.repeat(200) }),
      change({ before: undefined }),
      change({ after: undefined, timestamp: (2n ** 64n - 1n) as Timestamp }),
    ];
    const journal = new Journal(KEYS, 2n ** 62n);
    const write = journal.entry(changes);
    const foreseen = changes.reduce((sum, each) => sum + journal.bytesOf(each), 0);
    const FIRST_SEQUENCE_BYTES = 11;
    const actual = write.kind === 'put' ? write.value.length : 0;
    expect(actual).toBeLessThanOrEqual(foreseen + FIRST_SEQUENCE_BYTES);
    expect(actual).toBeGreaterThan(foreseen / 2);
  });
});

describe('sequences', () => {
  const counts = [1, 3, 1, 2];
  const commits: Change[][] = counts.map((count) => Array.from({ length: count }, () => change()));
  const sequencesOf = (writes: readonly Write[]) =>
    writes.flatMap((write) => decoded(write).map(({ sequence }) => sequence));

  it('are dense over entries of any length', () => {
    expect(sequencesOf(journalWrites(commits))).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n]);
  });

  it('have no gap where a commit failed', () => {
    const journal = new Journal(KEYS, 0n);
    const writes = commits.map((changes) => {
      journal.entry(changes);
      const second = journal.entry(changes);
      journal.committed(changes);
      return second;
    });
    expect(sequencesOf(writes)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n]);
  });

  it('go on after a restart where the journal ends', async () => {
    const { journal } = await loadedFrom(journalWrites(commits));
    expect(sequencesOf([journal.entry([change()])])).toEqual([8n]);
  });

  it('order entries by key as they were committed, past any power of ten', () => {
    const journal = new Journal(KEYS, 0n);
    const keys = Array.from({ length: 120 }, () => {
      const { key } = journal.entry([change()]);
      journal.committed([change()]);
      return key;
    });
    expect([...keys].sort()).toEqual(keys);
    const far = new Journal(KEYS, 2n ** 64n - 3n).entry([change()]).key;
    expect([far, ...keys].sort().at(-1)).toBe(far);
  });

  it('find the newest change, whatever its place', async () => {
    const early = change({ timestamp: 5n as Timestamp });
    const late = change({ timestamp: 9n as Timestamp });
    const { newestChange } = await loadedFrom(journalWrites([[late], [early]]));
    expect(newestChange).toBe(9n);
  });
});

it('keeps a horizon exactly', () => {
  for (const horizon of [0n, 1n, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
    expect(decodeHorizon(encodeHorizon(horizon as Timestamp))).toBe(horizon);
  }
});

it('encodes the image of one record once, however often it is journaled', () => {
  const record = aRecord({ id: 9n as CollectionId });
  const journal = new Journal(KEYS, 0n);
  const first = journal.entry([change({ before: undefined, after: record })]);
  const again = journal.entry([change({ before: record, after: undefined })]);
  expect(decoded(first)[0]?.after).toEqual(decoded(again)[0]?.before);
});
