import type {
  ActualState,
  CollectionPlace,
  CollectionState,
  DesiredState,
} from './catalog-state.js';
import type { Findings } from './findings.js';

/** Which collection that is there becomes which wanted one. */
export class Renames {
  readonly #newNames = new Map<string, CollectionPlace>();
  readonly #sources = new Map<string, CollectionState>();

  /** A rename is still to do when the old name is there and the new one is not. */
  static find(desired: DesiredState, actual: ActualState, findings: Findings): Renames {
    const renames = new Renames();
    for (const database of desired.values()) {
      for (const { name, renamedFrom } of database.collections.values()) {
        if (renamedFrom === undefined) continue;
        const to = { database: database.name, collection: name };
        renames.#consider(actual, renamedFrom, to, findings);
      }
    }
    return renames;
  }

  #consider(
    actual: ActualState,
    from: CollectionPlace,
    to: CollectionPlace,
    findings: Findings,
  ): void {
    const source = collectionAt(actual, from);
    if (source === undefined) return;
    if (collectionAt(actual, to) !== undefined) {
      findings.conflict(to, `is there, and so is ${placeText(from)}, which it was renamed from`);
      return;
    }
    if (from.database !== to.database && source.aliases.size > 0) {
      findings.conflict(to, `${placeText(from)} has aliases, so it cannot leave its database`);
    }
    this.#newNames.set(placeText(from), to);
    this.#sources.set(placeText(to), source);
    findings.step({
      kind: 'renameCollection',
      ...from,
      newDatabase: to.database,
      newName: to.collection,
    });
  }

  /** The collection that will have this name, under the one it has. */
  sourceOf(place: CollectionPlace): CollectionState | undefined {
    return this.#sources.get(placeText(place));
  }

  /** Where the collection goes; undefined when it stays. */
  targetOf(place: CollectionPlace): CollectionPlace | undefined {
    return this.#newNames.get(placeText(place));
  }
}

const collectionAt = (actual: ActualState, place: CollectionPlace): CollectionState | undefined =>
  actual.get(place.database)?.collections.get(place.collection);

/** `database.collection` */
export const placeText = ({ database, collection }: CollectionPlace): string =>
  `${database}.${collection}`;
