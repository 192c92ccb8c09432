import type { DesiredState } from './catalog-state.js';
import type { SpecProblem } from './spec-error.js';

/**
 * What is wrong with the `renamedFrom` of a spec. An old name that is given away twice, or that
 * the spec uses again, would make the plan depend on what was done already.
 */
export function checkRenames(desired: DesiredState): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const takers = new Map<string, string>();
  for (const database of desired.values()) {
    for (const { name, renamedFrom } of database.collections.values()) {
      if (renamedFrom === undefined) continue;
      const old = `${renamedFrom.database}.${renamedFrom.collection}`;
      const own = `${database.name}.${name}`;
      const text = problemWith(desired, old, renamedFrom, takers.get(old));
      takers.set(old, own);
      const path = ['databases', database.name, 'collections', name, 'renamedFrom'];
      if (text !== undefined) problems.push({ path, text });
    }
  }
  return problems;
}

function problemWith(
  desired: DesiredState,
  old: string,
  from: { readonly database: string; readonly collection: string },
  taker: string | undefined,
): string | undefined {
  if (taker !== undefined) return `${old} is what ${taker} is renamed from`;
  const source = desired.get(from.database);
  if (source === undefined) return `the spec does not name the database ${from.database}`;
  const isUsed = source.collections.has(from.collection);
  return isUsed ? `the spec has a collection ${old}; rename first, then add it` : undefined;
}
