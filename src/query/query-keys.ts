import type { CollectionId, PartitionId, ReplicaId } from '../domain/ids.js';

/**
 * Every key QueryCoord owns, in Milvus 2.2+'s layout under `<root>/meta`. Prefixes end in `/`, or
 * id 1 would match id 10.
 */
export class QueryKeys {
  readonly collections: string;
  readonly partitions: string;
  readonly replicas: string;

  /** @param rootPath e.g. `by-dev`. @param metaSubPath e.g. `meta`. */
  constructor(rootPath: string, metaSubPath: string) {
    const root = `${rootPath}/${metaSubPath}`;
    this.collections = `${root}/querycoord-collection-loadinfo/`;
    this.partitions = `${root}/querycoord-partition-loadinfo/`;
    this.replicas = `${root}/querycoord-replica/`;
  }

  collection(id: CollectionId): string {
    return `${this.collections}${id}`;
  }

  partitionsOf(collectionId: CollectionId): string {
    return `${this.partitions}${collectionId}/`;
  }

  partition(collectionId: CollectionId, id: PartitionId): string {
    return `${this.partitionsOf(collectionId)}${id}`;
  }

  replicasOf(collectionId: CollectionId): string {
    return `${this.replicas}${collectionId}/`;
  }

  replica(collectionId: CollectionId, id: ReplicaId): string {
    return `${this.replicasOf(collectionId)}${id}`;
  }
}
