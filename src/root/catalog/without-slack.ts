/**
 * The list in as little memory as it takes, and frozen: one that grew by `push`, as every decoded
 * one did, has room for sixteen more. Empty ones are all the same one.
 */
export function withoutSlack<Item>(list: readonly Item[]): Item[] {
  return list.length === 0 ? EMPTY : frozen(list.slice());
}

const EMPTY = frozen<never>([]);

/** Typed as what generated messages take; whoever changes it all the same gets a TypeError. */
function frozen<Item>(list: Item[]): Item[] {
  Object.freeze(list);
  return list;
}
