/** Keys the adapter itself writes, below `by-dev` or its metadata root `by-dev/meta`. */
export const etcdKeys = {
  /** Leadership; Milvus' own key of an exclusive coordinator (facts/rootcoord §17.6). */
  session: (metaRoot: string, role: string) => `${metaRoot}/session/${role}`,
  /** The next server id as text (facts/rootcoord §17.6). */
  serverId: (metaRoot: string) => `${metaRoot}/session/id`,
  /** The last commit a leader made through one of its slots; goes with the leader's lease. */
  slot: (rootPath: string, epoch: bigint, slot: number) =>
    `${rootPath}/rootstock/commits/${epoch}/${slot}`,
} as const;
