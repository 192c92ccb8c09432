import { CoordError, echo } from '../../../domain/errors.js';
import { unreachable } from '../../../domain/invariant.js';
import { checkAlias } from '../../../domain/names.js';
import type { AliasRecord, CollectionRecord, DatabaseRecord } from '../../../domain/records.js';
import { refusal } from '../../../domain/refusals.js';
import { encodeAlias } from '../../catalog/alias.codec.js';
import type { CatalogView } from '../../catalog/catalog-view.js';
import type {
  AliasCommand,
  AlterAliasCommand,
  CreateAliasCommand,
  DropAliasCommand,
} from '../alias-commands.js';
import {
  type CommitPlan,
  NOTHING_TO_DO,
  type Plan,
  type PlanRules,
  stampChange,
  type TaskStamp,
} from '../plan.js';
import { collectionNotFound, findDatabase } from './find-collection.js';

/**
 * Dropping a collection removes its aliases in the same commit, one operation each, and etcd takes
 * 128 operations a commit: this leaves room for what else a drop may come to write.
 */
export const ALIASES_PER_COLLECTION_MAX = 100;

/** Decides a command about an alias in the order RootCoord checks (facts/rootcoord §7). */
export function planAlias(
  catalog: CatalogView,
  command: AliasCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  switch (command.kind) {
    case 'createAlias':
      return planCreate(catalog, command, rules, stamp);
    case 'dropAlias':
      return planDrop(catalog, command, rules, stamp);
    case 'alterAlias':
      return planAlter(catalog, command, rules, stamp);
    default:
      return unreachable(command);
  }
}

/**
 * An alias that already means this collection is left as it is.
 *
 * @throws CoordError `ParameterInvalid` for a bad name, `DatabaseNotFound`,
 * `AliasCollectionNameConflict`, `CollectionNotFound`, `AliasAlreadyExists`, `Unexpected` when the
 * collection has as many as it may.
 */
function planCreate(
  catalog: CatalogView,
  command: CreateAliasCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  // Part of a key in the store, so no proxy is trusted with it.
  const name = checkAlias(command.alias, rules.schemaLimits.maxNameLength);
  const database = findDatabase(catalog, command.databaseName);
  if (catalog.collectionClaiming(database.id, name)) {
    const fields = { database: database.name, alias: name };
    throw CoordError.of('AliasCollectionNameConflict', fields);
  }
  const target = findTarget(catalog, database, command.collectionName);
  const existing = catalog.aliasByName(database.id, name);
  if (existing?.collectionId === target.id) return NOTHING_TO_DO;
  if (existing) throw aliasTaken(catalog, database, existing);
  checkRoom(catalog, target);
  const after = aliasOf(target, name, stamp);
  return {
    ...commitOf(database, name, [target]),
    changes: [{ ...stampChange(stamp, 'alias.created'), kind: 'alias', before: undefined, after }],
    writes: [putAlias(rules, after)],
  };
}

/** One that is not there is no error. @throws CoordError `DatabaseNotFound`. */
function planDrop(
  catalog: CatalogView,
  { databaseName, alias: name }: DropAliasCommand,
  { keys }: PlanRules,
  stamp: TaskStamp,
): Plan {
  const database = findDatabase(catalog, databaseName);
  const before = catalog.aliasByName(database.id, name);
  if (!before) return NOTHING_TO_DO;
  return {
    ...commitOf(database, name, [catalog.collectionById(before.collectionId)]),
    changes: [{ ...stampChange(stamp, 'alias.dropped'), kind: 'alias', before, after: undefined }],
    writes: [{ kind: 'remove', key: keys.alias(database.id, name) }],
  };
}

/**
 * Moves an alias in one commit, so that there is no moment at which it means nothing. Its name
 * needs no check against collections: none can have taken it while the alias stood.
 *
 * @throws CoordError `DatabaseNotFound`, `AliasNotFound`, `CollectionNotFound`, `Unexpected` when
 * the new collection has as many as it may.
 */
function planAlter(
  catalog: CatalogView,
  command: AlterAliasCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  const { alias: name } = command;
  const database = findDatabase(catalog, command.databaseName);
  const before = catalog.aliasByName(database.id, name);
  if (!before) throw CoordError.of('AliasNotFound', { database: database.name, alias: name });
  const target = findTarget(catalog, database, command.collectionName);
  if (before.collectionId === target.id) return NOTHING_TO_DO;
  checkRoom(catalog, target);
  const after = aliasOf(target, name, stamp);
  return {
    ...commitOf(database, name, [catalog.collectionById(before.collectionId), target]),
    changes: [{ ...stampChange(stamp, 'alias.altered'), kind: 'alias', before, after }],
    writes: [putAlias(rules, after)],
  };
}

/** By its own name only: an alias of an alias would outlive what it means. */
function findTarget(catalog: CatalogView, database: DatabaseRecord, name: string) {
  const target = catalog.collectionByName(database.id, name);
  if (target) return target;
  throw collectionNotFound(database.name, name);
}

function aliasTaken(catalog: CatalogView, database: DatabaseRecord, existing: AliasRecord) {
  const { name, collectionId } = existing;
  const other = echo(catalog.collectionById(collectionId)?.name ?? '');
  return refusal('AliasAlreadyExists', `${echo(name)} is alias to another collection: ${other}`, {
    database: database.name,
    alias: name,
  });
}

function checkRoom(catalog: CatalogView, { id, name }: CollectionRecord): void {
  const count = catalog.aliasNamesOf(id).length;
  if (count < ALIASES_PER_COLLECTION_MAX) return;
  throw CoordError.plain(
    `alias number (${count}) exceeds the limit (${ALIASES_PER_COLLECTION_MAX}), collection: ${echo(name)}`,
  );
}

const aliasOf = (
  { id, databaseId }: CollectionRecord,
  name: string,
  { timestamp }: TaskStamp,
): AliasRecord => ({ databaseId, name, collectionId: id, createdAt: timestamp });

const putAlias = ({ keys }: PlanRules, record: AliasRecord) => ({
  kind: 'put' as const,
  key: keys.alias(record.databaseId, record.name),
  value: encodeAlias(record),
});

/** What every such plan has in common: descriptions of the collections show the alias, too. */
function commitOf(
  { name: databaseName }: DatabaseRecord,
  alias: string,
  affected: readonly (CollectionRecord | undefined)[],
): Omit<CommitPlan, 'changes' | 'writes'> {
  const collections = affected.filter((record) => record !== undefined);
  return {
    kind: 'commit',
    children: [],
    order: 'parentFirst',
    followUp: { kind: 'expireAlias', databaseName, alias, collections },
  };
}
