import { describe, expect, it } from 'vitest';
import { MemoryMetaStore } from '../../../src/adapters/memory/memory-meta-store.js';
import { idWindowKeys, timestampWindowKeys } from '../../../src/allocators/allocator-keys.js';
import type { PartitionId, TaskId } from '../../../src/domain/ids.js';
import type { CollectionRecord } from '../../../src/domain/records.js';
import type { Timestamp } from '../../../src/domain/timestamp.js';
import type { Write } from '../../../src/ports/meta-store.js';
import type { CollectionChange } from '../../../src/root/catalog/change.js';
import { writeChildren, writeCollectionKey } from '../../../src/root/catalog/collection.codec.js';
import { Journal } from '../../../src/root/catalog/journal.js';
import { CatalogKeys } from '../../../src/root/catalog/keys.js';
import { KV_ROOT, msToNs, savedBytes, stateWith } from '../../kit/allocator-fixtures.js';
import { NumberLedger } from '../../kit/crash/number-ledger.js';
import { type AuditMood, StoreAudit } from '../../kit/crash/store-audit.js';
import { aRecord } from '../../kit/records.js';

const keys = new CatalogKeys('by-dev', 'meta');
const creating = aRecord({ state: 'Creating' });
const created = aRecord({ state: 'Created' });
const TIMESTAMP_WINDOW = timestampWindowKeys(KV_ROOT).written;

const change = (
  step: number,
  before: CollectionRecord | undefined,
  after: CollectionRecord | undefined,
): CollectionChange => ({
  kind: 'collection',
  before,
  after,
  timestamp: BigInt(1_000 + step) as Timestamp,
  taskId: BigInt(500 + step) as TaskId,
  actor: 'test',
  operation: 'test',
});

/** What a server leaves that created one collection, and what a test changes about it. */
class StoreDraft {
  readonly values: Record<string, Uint8Array> = {
    [TIMESTAMP_WINDOW]: savedBytes(msToNs(3_000)),
    [idWindowKeys(KV_ROOT).written]: savedBytes(msToNs(3_000)),
  };
  readonly #journal = new Journal(keys, 0n);

  constructor() {
    this.write(writeCollectionKey(keys, created));
    for (const write of writeChildren(keys, created)) this.write(write);
    this.journal(change(1, undefined, creating));
    this.journal(change(2, creating, created));
  }

  write(write: Write): void {
    if (write.kind === 'put') this.values[write.key] = write.value;
    else delete this.values[write.key];
  }

  journal(next: CollectionChange): void {
    this.write(this.#journal.entry([next]));
    this.#journal.committed([next]);
  }
}

async function audit(draft: StoreDraft, mood: AuditMood, timestamps = new NumberLedger('times')) {
  const store = new MemoryMetaStore(stateWith(draft.values));
  await new StoreAudit(timestamps, new NumberLedger('ids')).examine(store, mood);
}

describe('the audit of a store', () => {
  it('passes what a server leaves behind', async () => {
    await expect(audit(new StoreDraft(), 'recovered')).resolves.toBeUndefined();
  });

  it('passes a half-written create only as something to recover', async () => {
    const draft = new StoreDraft();
    draft.write(writeCollectionKey(keys, { ...created, state: 'Dropping' }));
    draft.journal(change(3, created, { ...created, state: 'Dropping' }));
    delete draft.values[keys.partition(created.id, 101n as PartitionId)];
    await expect(audit(draft, 'asLeft')).resolves.toBeUndefined();
    await expect(audit(draft, 'recovered')).rejects.toThrow('left a collection half way');
  });

  const broken: [string, string, (draft: StoreDraft) => void][] = [
    [
      'a child without a collection',
      'keys that belong to nothing',
      (draft) => {
        draft.values[keys.partition(created.id, 999n as PartitionId)] = new Uint8Array(1);
      },
    ],
    [
      'a collection without one of its children',
      'not what the journal says',
      (draft) => delete draft.values[keys.partition(created.id, 101n as PartitionId)],
    ],
    [
      'a record that is older than the journal',
      'not what the journal says',
      (draft) => draft.write(writeCollectionKey(keys, creating)),
    ],
    [
      'a record that is gone',
      'not what the journal says',
      (draft) => delete draft.values[keys.collection(created.databaseId, created.id)],
    ],
    [
      'a gap in the journal',
      'the journal has a gap',
      (draft) => delete draft.values[keys.journalEntry(1n)],
    ],
    [
      'a change that does not follow from the one before',
      'does not continue',
      (draft) => draft.journal(change(3, creating, created)),
    ],
    [
      'a window that does not cover what was given',
      'does not cover',
      (draft) => {
        draft.values[TIMESTAMP_WINDOW] = savedBytes(0n);
      },
    ],
  ];

  it.each(broken)('finds %s', async (_what, rule, breakIt) => {
    const draft = new StoreDraft();
    breakIt(draft);
    await expect(audit(draft, 'asLeft')).rejects.toThrow(rule);
  });

  it('finds a timestamp in the journal that a client was given, too', async () => {
    const timestamps = new NumberLedger('times');
    timestamps.note('a client', 1_002n);
    await expect(audit(new StoreDraft(), 'asLeft', timestamps)).rejects.toThrow('given twice');
  });
});
