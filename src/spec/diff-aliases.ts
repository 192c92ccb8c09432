import type { DatabaseState, DesiredDatabase } from './catalog-state.js';
import type { Findings } from './findings.js';
import type { Renames } from './renames.js';

/**
 * Compares the aliases of a database. They share one table of names with its collections, and
 * steps that free a name come last, so a name that is taken by the other kind is a conflict.
 */
export function diffAliases(
  wanted: DesiredDatabase,
  existing: DatabaseState | undefined,
  renames: Renames,
  findings: Findings,
): void {
  const database = wanted.name;
  const unnamed = ownersOf(existing, renames);
  for (const { name: collection, aliases } of wanted.collections.values()) {
    const taken = unnamed.get(collection);
    if (taken !== undefined) {
      findings.conflict({ database, collection }, `${taken} has an alias of this name`);
    }
    for (const alias of aliases) {
      const owner = unnamed.get(alias);
      unnamed.delete(alias);
      if (isCollection(alias, existing, renames)) {
        findings.conflict({ database, collection }, `alias ${alias}: a collection has this name`);
      } else if (owner === undefined) {
        findings.step({ kind: 'createAlias', database, collection, alias });
      } else if (owner !== collection) {
        findings.step({ kind: 'alterAlias', database, collection, alias });
      }
    }
  }
  if (!findings.prune) return;
  for (const [alias, collection] of unnamed) {
    findings.step({ kind: 'dropAlias', database, collection, alias });
  }
}

/** The collection of each alias that is there, by the name it will have after all renames. */
function ownersOf(existing: DatabaseState | undefined, renames: Renames): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { name, aliases } of existing?.collections.values() ?? []) {
    const place = { database: existing?.name ?? '', collection: name };
    const owner = renames.targetOf(place)?.collection ?? name;
    for (const alias of aliases) owners.set(alias, owner);
  }
  return owners;
}

function isCollection(
  name: string,
  existing: DatabaseState | undefined,
  renames: Renames,
): boolean {
  if (existing === undefined || !existing.collections.has(name)) return false;
  return renames.targetOf({ database: existing.name, collection: name }) === undefined;
}
