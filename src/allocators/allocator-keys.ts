/** Where one saved window lives. */
export interface WindowKeys {
  /** Read at start-up, and the only key ever written. */
  readonly written: string;
  /** Homes of the same window in earlier releases: read at start-up, left as they are. */
  readonly older: readonly string[];
}

/**
 * The timestamp window. It moved from `tso/` to `gid/` in Milvus 2.3.1, so a store may hold both
 * (facts/rootcoord §17.7). `kvRoot` has no slash at its end, e.g. `by-dev/kv`.
 */
export const timestampWindowKeys = (kvRoot: string): WindowKeys => ({
  written: `${kvRoot}/gid/timestamp`,
  older: [`${kvRoot}/tso/timestamp`],
});

/** The id window: the same key in every release (facts/rootcoord §17.7). */
export const idWindowKeys = (kvRoot: string): WindowKeys => ({
  written: `${kvRoot}/gid/idTimestamp`,
  older: [],
});
