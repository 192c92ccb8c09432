import type { CollectionId, DatabaseId, FieldId, PartitionId } from '../../domain/ids.js';

/**
 * Every key RootCoord owns. The layout under `<root>/meta` is Milvus 2.2+'s, so that operators'
 * tools can read it (facts/rootcoord §17.2); Rootstock's own keys stand beside it under
 * `<root>/rootstock`. Prefixes end in `/`, or id 1 would match id 10.
 */
export class CatalogKeys {
  readonly databases: string;
  readonly collections: string;
  readonly partitions: string;
  readonly fields: string;
  readonly functions: string;
  readonly structArrayFields: string;
  readonly aliases: string;
  readonly journal: string;
  /** Since when the journal is whole; absent until entries were removed from it. */
  readonly horizon: string;
  /** Outcomes of requests with an idempotency key. */
  readonly outcomes: string;
  /** Sessions of those who registered here. */
  readonly members: string;

  /** @param rootPath e.g. `by-dev`. @param metaSubPath e.g. `meta`. */
  constructor(rootPath: string, metaSubPath: string) {
    const rootCoord = `${rootPath}/${metaSubPath}/root-coord`;
    this.databases = `${rootCoord}/database/db-info/`;
    this.collections = `${rootCoord}/database/collection-info/`;
    this.partitions = `${rootCoord}/partitions/`;
    this.fields = `${rootCoord}/fields/`;
    this.functions = `${rootCoord}/functions/`;
    this.structArrayFields = `${rootCoord}/struct-array-fields/`;
    this.aliases = `${rootCoord}/database/aliases/`;
    this.journal = `${rootPath}/rootstock/journal/`;
    this.horizon = `${rootPath}/rootstock/journal-horizon`;
    this.outcomes = `${rootPath}/rootstock/outcomes/`;
    this.members = `${rootPath}/rootstock/members/`;
  }

  database(id: DatabaseId): string {
    return `${this.databases}${id}`;
  }

  collection(databaseId: DatabaseId, id: CollectionId): string {
    return `${this.collections}${databaseId}/${id}`;
  }

  partition(collectionId: CollectionId, id: PartitionId): string {
    return `${this.partitions}${collectionId}/${id}`;
  }

  field(collectionId: CollectionId, id: FieldId): string {
    return `${this.fields}${collectionId}/${id}`;
  }

  function(collectionId: CollectionId, id: bigint): string {
    return `${this.functions}${collectionId}/${id}`;
  }

  structArrayField(collectionId: CollectionId, id: FieldId): string {
    return `${this.structArrayFields}${collectionId}/${id}`;
  }

  alias(databaseId: DatabaseId, name: string): string {
    return `${this.aliases}${databaseId}/${name}`;
  }

  /** The client's key may hold a slash, which would make it a folder. */
  outcome(idempotencyKey: string): string {
    return `${this.outcomes}${encodeURIComponent(idempotencyKey)}`;
  }

  member(serverId: bigint): string {
    return `${this.members}${serverId}`;
  }

  /** Padded to 20 digits, so that key order is commit order. */
  journalEntry(firstSequence: bigint): string {
    return `${this.journal}${firstSequence.toString().padStart(20, '0')}`;
  }
}
