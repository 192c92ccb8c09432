import type { CollectionRecord, PartitionRecord } from '../../domain/records.js';
import type { Asker, Request } from '../asker.js';
import type { CatalogReader, CollectionQuery } from '../catalog/catalog-reader.js';
import { visiblePartition } from '../catalog/partitions.js';
import type { CreatePartitionCommand, DropPartitionCommand } from '../ddl/commands.js';
import type { DdlSupervisor } from '../ddl/ddl-supervisor.js';

const isVisible = ({ state }: PartitionRecord): boolean => state === 'Created';

export interface PartitionsDeps {
  readonly ddl: DdlSupervisor;
  readonly reader: CatalogReader;
}

/** Partitions as RootCoord's callers see them (facts/rootcoord §6). */
export class Partitions {
  readonly #deps: PartitionsDeps;

  constructor(deps: PartitionsDeps) {
    this.#deps = deps;
  }

  /** Settles when the partition is visible. @throws CoordError every refusal of §6.1. */
  async create(command: Request<CreatePartitionCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'createPartition' }, asker);
  }

  /** Settles when the partition is gone for readers; dropping what is not there succeeds. */
  async drop(command: Request<DropPartitionCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'dropPartition' }, asker);
  }

  /** The collection a request about its partitions means. @throws like `has`. */
  collection(query: CollectionQuery): CollectionRecord {
    return this.#deps.reader.collection(query);
  }

  /** @throws CoordError `DatabaseNotFound`, `CollectionNotFound`. */
  has(query: CollectionQuery, partitionName: string): boolean {
    return visiblePartition(this.#deps.reader.collection(query), partitionName) !== undefined;
  }

  /** Those clients may see. @throws CoordError `DatabaseNotFound`, `CollectionNotFound`. */
  list(query: CollectionQuery): readonly PartitionRecord[] {
    const { partitions } = this.#deps.reader.collection(query);
    return partitions.filter(isVisible);
  }

  /**
   * What coordinators see: by name like clients, by id every partition there is a record of, in
   * whatever state it or its collection is (facts/rootcoord §6.4). @throws like `list`.
   */
  listInternal(query: CollectionQuery): readonly PartitionRecord[] {
    const { partitions } = this.#deps.reader.collectionInAnyState(query);
    return query.collectionName === '' ? partitions : partitions.filter(isVisible);
  }
}
