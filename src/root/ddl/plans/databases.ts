import { alterDatabaseProperties } from '../../../domain/alter-database.js';
import { checkDeletable } from '../../../domain/delete-protection.js';
import { CoordError, echo } from '../../../domain/errors.js';
import { type DatabaseId, DEFAULT_DATABASE_ID } from '../../../domain/ids.js';
import { unreachable } from '../../../domain/invariant.js';
import { checkDatabaseName } from '../../../domain/names.js';
import type { DatabaseRecord } from '../../../domain/records.js';
import { physicalMsOf } from '../../../domain/timestamp.js';
import type { Write } from '../../../ports/meta-store.js';
import type { CatalogView } from '../../catalog/catalog-view.js';
import type { DatabaseChange } from '../../catalog/change.js';
import { encodeDatabase } from '../../catalog/database.codec.js';
import type {
  AlterDatabaseCommand,
  CreateDatabaseCommand,
  DatabaseCommand,
  DropDatabaseCommand,
} from '../database-commands.js';
import {
  type CommitPlan,
  type FollowUp,
  NOTHING_TO_DO,
  type Plan,
  type PlanRules,
  stampChange,
  type TaskStamp,
} from '../plan.js';
import { findDatabase } from './find-collection.js';

const NS_PER_MS = 1_000_000n;

/** Decides a command about a database in the order RootCoord checks (facts/rootcoord §8). */
export function planDatabase(
  catalog: CatalogView,
  command: DatabaseCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  switch (command.kind) {
    case 'createDatabase':
      return planCreate(catalog, command, rules, stamp);
    case 'dropDatabase':
      return planDrop(catalog, command, rules, stamp);
    case 'alterDatabase':
      return planAlter(catalog, command, rules, stamp);
    default:
      return unreachable(command);
  }
}

/**
 * The default database counts against the limit, too.
 *
 * @throws CoordError `DatabaseInvalidName`, `DatabaseLimitExceeded`, `Unexpected` for a name that
 * is taken, `ParameterInvalid` and `ParameterTooLarge` for its properties.
 */
function planCreate(
  catalog: CatalogView,
  { databaseName, properties }: CreateDatabaseCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  checkDatabaseName(databaseName, rules.schemaLimits.maxNameLength);
  const limit = rules.limits.maxDatabaseNum;
  if (catalog.countDatabases() >= limit) throw CoordError.of('DatabaseLimitExceeded', { limit });
  if (catalog.databaseByName(databaseName)) {
    throw CoordError.plain(`database already exist: ${echo(databaseName)}`);
  }
  const blank: DatabaseRecord = {
    id: stamp.firstId as DatabaseId,
    name: databaseName,
    createdUnixNs: BigInt(physicalMsOf(stamp.timestamp)) * NS_PER_MS,
    properties: [],
  };
  const after =
    properties.length === 0
      ? blank
      : alterDatabaseProperties(blank, { properties, deleteKeys: [] });
  const change = stampChange(stamp, 'database.created');
  return commit({ ...change, kind: 'database', before: undefined, after }, put(rules, after), {
    kind: 'settle',
    record: undefined,
  });
}

/**
 * Collections that are being dropped do not hold a database: their records go in their own time,
 * by their ids. One that is not there is no error.
 *
 * @throws CoordError `Unexpected` for the default database, a protected one, one with collections.
 */
function planDrop(
  catalog: CatalogView,
  { databaseName }: DropDatabaseCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  const before = catalog.databaseByName(databaseName);
  if (!before) return NOTHING_TO_DO;
  if (before.id === DEFAULT_DATABASE_ID) throw CoordError.plain('can not drop default database');
  // Before the next rule: nobody should empty a database only to learn that it is protected.
  checkDeletable('database', before);
  if (catalog.countCollectionsIn(before.id) > 0) {
    throw CoordError.plain(
      `database:${echo(before.name)} not empty, must drop all collections before drop database`,
    );
  }
  const change = stampChange(stamp, 'database.dropped');
  return commit(
    { ...change, kind: 'database', before, after: undefined },
    { kind: 'remove', key: rules.keys.database(before.id) },
    { kind: 'expireDatabase', databaseName },
  );
}

/** @throws CoordError `DatabaseNotFound` and the refusals of `alterDatabaseProperties`. */
function planAlter(
  catalog: CatalogView,
  { databaseName, properties, deleteKeys }: AlterDatabaseCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  if (databaseName === '') {
    throw CoordError.plain('alter database failed, database name does not exists');
  }
  const before = findDatabase(catalog, databaseName);
  const after = alterDatabaseProperties(before, { properties, deleteKeys });
  if (after === before) return NOTHING_TO_DO;
  const change = stampChange(stamp, 'database.altered');
  return commit({ ...change, kind: 'database', before, after }, put(rules, after), {
    kind: 'expireDatabase',
    databaseName,
  });
}

/** A plan that writes nothing but the database's own key. */
function commit(change: DatabaseChange, write: Write, followUp: FollowUp): CommitPlan {
  return {
    kind: 'commit',
    changes: [change],
    writes: [write],
    children: [],
    order: 'parentFirst',
    followUp,
  };
}

const put = ({ keys }: PlanRules, record: DatabaseRecord): Write => ({
  kind: 'put',
  key: keys.database(record.id),
  value: encodeDatabase(record),
});
