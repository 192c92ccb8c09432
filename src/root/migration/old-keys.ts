/**
 * Keys that earlier Milvus releases wrote and this one moves away from (facts/rootcoord §17.1,
 * §17.2). Prefixes end in `/`: without it `collection` would also find `collection-alias`.
 */
export class OldKeys {
  /** ≤ 2.2: collections before there were databases. */
  readonly collections: string;
  /** Before 2.0 only: partitions outside their collection (seed 001 §6.6.2). */
  readonly partitions: string;
  /** ≤ 2.1: aliases, each a CollectionInfo with the target's id. */
  readonly collectionAliases: string;
  /** 2.2: aliases before there were databases. */
  readonly aliases: string;
  /** ≤ 2.1: the last DDL, as JSON, and whether it was announced. */
  readonly lastOperation: string;
  readonly isLastOperationSent: string;
  /** Versions of every key, written by Milvus and by nobody else (facts/rootcoord §17.5). */
  readonly snapshots: string;
  /** Which index stood on which field, kept for whoever migrates the indexes of ≤ 2.1. */
  readonly fieldIndexes: string;

  constructor(rootPath: string, metaSubPath: string) {
    const metaRoot = `${rootPath}/${metaSubPath}`;
    const rootCoord = `${metaRoot}/root-coord`;
    this.collections = `${rootCoord}/collection/`;
    this.partitions = `${rootCoord}/partition/`;
    this.collectionAliases = `${rootCoord}/collection-alias/`;
    this.aliases = `${rootCoord}/aliases/`;
    this.lastOperation = `${rootCoord}/dd-operation`;
    this.isLastOperationSent = `${rootCoord}/dd-msg-send`;
    this.snapshots = `${metaRoot}/snapshots/`;
    this.fieldIndexes = `${rootPath}/rootstock/old-field-indexes/`;
  }
}
