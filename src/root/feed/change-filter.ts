import type { DatabaseId } from '../../domain/ids.js';
import { unreachable } from '../../domain/invariant.js';
import { ObjectKind } from '../../gen/journal.js';
import { decodeAlias } from '../catalog/alias.codec.js';
import type { Catalog } from '../catalog/catalog.js';
import { decodeImage } from '../catalog/collection.codec.js';
import { decodeDatabase } from '../catalog/database.codec.js';
import type { History } from '../catalog/history.js';
import type { JournaledChange } from '../catalog/journal.js';

/** Which changes are wanted; an empty list wants all. */
export interface ChangeFilterQuery {
  readonly databaseNames: readonly string[];
  readonly kinds: readonly ObjectKind[];
  readonly objectIds: readonly bigint[];
}

interface Past {
  readonly catalog: Catalog;
  readonly history: History;
}

/** Undefined for an empty list: it does not restrict. */
const wanted = <T>(list: readonly T[]): ReadonlySet<T> | undefined =>
  list.length === 0 ? undefined : new Set(list);

/** One watcher's choice. */
export class ChangeFilter {
  readonly #past: Past;
  readonly #databaseNames: ReadonlySet<string> | undefined;
  readonly #kinds: ReadonlySet<ObjectKind> | undefined;
  readonly #objectIds: ReadonlySet<bigint> | undefined;
  /** Databases that have, or had, a wanted name. What outlives its database still belongs to it. */
  readonly #databaseIds = new Set<DatabaseId>();

  constructor(past: Past, { databaseNames, kinds, objectIds }: ChangeFilterQuery) {
    this.#past = past;
    this.#databaseNames = wanted(databaseNames);
    this.#kinds = wanted(kinds);
    this.#objectIds = wanted(objectIds);
    for (const name of databaseNames) {
      const database = past.catalog.databaseByName(name);
      if (database) this.#databaseIds.add(database.id);
    }
  }

  matches(change: JournaledChange): boolean {
    if (this.#kinds && !this.#kinds.has(change.objectKind)) return false;
    if (this.#objectIds && !isAbout(change, this.#objectIds)) return false;
    return !this.#databaseNames || this.#isInDatabase(change, this.#databaseNames);
  }

  /** An object that moves to another database leaves one, too: both want to hear of it. */
  #isInDatabase(change: JournaledChange, names: ReadonlySet<string>): boolean {
    if (this.#isWanted(change.databaseId, change, names)) return true;
    const left = databaseLeft(change);
    return left !== undefined && this.#isWanted(left, change, names);
  }

  #isWanted(id: DatabaseId, change: JournaledChange, names: ReadonlySet<string>): boolean {
    if (this.#databaseIds.has(id)) return true;
    const name = this.#databaseName(id, change);
    if (name === undefined || !names.has(name)) return false;
    this.#databaseIds.add(id);
    return true;
  }

  /** What the database was called when the change happened. */
  #databaseName(id: DatabaseId, change: JournaledChange): string | undefined {
    const { objectKind, timestamp, before, after } = change;
    if (objectKind === ObjectKind.OBJECT_KIND_DATABASE) {
      return decodeDatabase(after.length > 0 ? after : before).name;
    }
    const { catalog, history } = this.#past;
    return (history.databaseById(id, timestamp) ?? catalog.databaseById(id))?.name;
  }
}

const isAbout = ({ objectId, collectionId }: JournaledChange, ids: ReadonlySet<bigint>): boolean =>
  (objectId !== 0n && ids.has(objectId)) || (collectionId !== 0n && ids.has(collectionId));

/** The database of the image before, when there is one both before and after. */
function databaseLeft({ objectKind, before, after }: JournaledChange): DatabaseId | undefined {
  if (before.length === 0 || after.length === 0) return undefined;
  switch (objectKind) {
    case ObjectKind.OBJECT_KIND_COLLECTION:
      return decodeImage(before).databaseId;
    case ObjectKind.OBJECT_KIND_ALIAS:
      return decodeAlias(before).databaseId;
    case ObjectKind.OBJECT_KIND_DATABASE:
    case ObjectKind.OBJECT_KIND_PARTITION:
    case ObjectKind.OBJECT_KIND_UNSPECIFIED:
      return undefined;
    default:
      return unreachable(objectKind);
  }
}
