import type { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { unreachable } from '../../src/domain/invariant.js';
import { ObjectKind } from '../../src/gen/journal.js';
import { decodeAlias } from '../../src/root/catalog/alias.codec.js';
import type { Change } from '../../src/root/catalog/change.js';
import { decodeImage, decodePartition } from '../../src/root/catalog/collection.codec.js';
import { decodeDatabase } from '../../src/root/catalog/database.codec.js';
import type { JournaledChange } from '../../src/root/catalog/journal.js';
import { journalOf } from './store-invariants.js';

const known = new WeakMap<JournaledChange, Change>();

/** The journal of a store with its images decoded, in commit order. */
export const changesOf = (state: MemoryMetaState): Change[] =>
  journalOf(state).map((journaled) => {
    const change = known.get(journaled) ?? decodeChange(journaled);
    known.set(journaled, change);
    return change;
  });

function decodeChange(journaled: JournaledChange): Change {
  const { timestamp, taskId, actor, operation, collectionId, databaseId } = journaled;
  const stamp = { timestamp, taskId, actor, operation };
  const images = <T>(decode: (bytes: Uint8Array) => T) => ({
    before: journaled.before.length === 0 ? undefined : decode(journaled.before),
    after: journaled.after.length === 0 ? undefined : decode(journaled.after),
  });
  switch (journaled.objectKind) {
    case ObjectKind.OBJECT_KIND_DATABASE:
      return { ...stamp, kind: 'database', ...images(decodeDatabase) };
    case ObjectKind.OBJECT_KIND_COLLECTION:
      return { ...stamp, kind: 'collection', ...images(decodeImage) };
    case ObjectKind.OBJECT_KIND_PARTITION:
      return { ...stamp, kind: 'partition', collectionId, databaseId, ...images(decodePartition) };
    case ObjectKind.OBJECT_KIND_ALIAS:
      return { ...stamp, kind: 'alias', ...images(decodeAlias) };
    case ObjectKind.OBJECT_KIND_UNSPECIFIED:
      throw new Error('a change of nothing');
    default:
      return unreachable(journaled.objectKind);
  }
}
