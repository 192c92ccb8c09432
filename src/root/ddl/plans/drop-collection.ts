import { checkDeletable } from '../../../domain/delete-protection.js';
import { CoordError } from '../../../domain/errors.js';
import type { CatalogView } from '../../catalog/catalog-view.js';
import type { AliasChange } from '../../catalog/change.js';
import { writeCollectionKey } from '../../catalog/collection.codec.js';
import type { DropCollectionCommand } from '../commands.js';
import { NOTHING_TO_DO, type Plan, type PlanRules, stampChange, type TaskStamp } from '../plan.js';
import { droppedState } from './lifecycle.js';

/**
 * Marks the collection Dropping, or Dropped where no drop is kept, which hides it and frees its
 * name and its aliases at once; its actor does the rest. A collection or database that is not there
 * is no error (facts/rootcoord §5.2).
 *
 * @throws CoordError `Unexpected` when named by an alias, or protected against deletion.
 */
export function planDropCollection(
  catalog: CatalogView,
  { databaseName, collectionName }: DropCollectionCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  const { keys } = rules;
  const database = catalog.databaseByName(databaseName);
  if (!database) return NOTHING_TO_DO;
  if (catalog.aliasByName(database.id, collectionName)) {
    throw CoordError.plain(`cannot drop the collection via alias = ${collectionName}`);
  }
  const before = catalog.collectionByName(database.id, collectionName);
  if (!before) return NOTHING_TO_DO;
  checkDeletable('collection', before);
  const after = { ...before, state: droppedState(rules), updatedAt: stamp.timestamp };
  const aliases = catalog.aliasNamesOf(before.id).flatMap((name): AliasChange[] => {
    const alias = catalog.aliasByName(database.id, name);
    const words = stampChange(stamp, 'alias.dropped');
    return alias ? [{ ...words, kind: 'alias', before: alias, after: undefined }] : [];
  });
  return {
    kind: 'commit',
    changes: [
      { ...stampChange(stamp, 'collection.dropping'), kind: 'collection', before, after },
      ...aliases,
    ],
    writes: [
      writeCollectionKey(keys, after),
      ...catalog
        .aliasNamesOf(before.id)
        .map((name) => ({ kind: 'remove' as const, key: keys.alias(database.id, name) })),
    ],
    children: [],
    order: 'parentFirst',
    followUp: { kind: 'summon', record: after, origin: 'ddl' },
  };
}
