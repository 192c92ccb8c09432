/** How far a collection or partition is loaded. */
export interface LoadProgress {
  /** 0 to 100. */
  readonly percent: bigint;
  /** 0 to 100, of the last refresh. */
  readonly refreshPercent: bigint;
  /** A node would answer a search. */
  readonly isSearchable: boolean;
}

/** What is loaded of several things: undefined for one that is not. */
export type ProgressOf<Id> = (id: Id) => LoadProgress | undefined;

/** All of them together, by equal shares; at least one. */
export function meanProgress(all: readonly LoadProgress[]): LoadProgress {
  const mean = (share: (progress: LoadProgress) => bigint): bigint =>
    all.reduce((sum, progress) => sum + share(progress), 0n) / BigInt(all.length);
  return {
    percent: mean(({ percent }) => percent),
    refreshPercent: mean(({ refreshPercent }) => refreshPercent),
    isSearchable: all.every(({ isSearchable }) => isSearchable),
  };
}
