import { CoordError } from '../domain/errors.js';
import type { CollectionId, FieldId, IndexId, PartitionId, ReplicaId } from '../domain/ids.js';
import { checkIndexed } from '../domain/loads/check-indexed.js';
import {
  type LoadRecord,
  type ReplicaRecord,
  withPartitions,
} from '../domain/loads/load-record.js';
import {
  checkNoPartitionKey,
  namedPartitionIds,
  visiblePartitionIds,
} from '../domain/loads/named-partitions.js';
import { type LoadGoal, planLoad } from '../domain/loads/plan-load.js';
import { replicaConfigOf } from '../domain/loads/replica-config.js';
import { type FieldSelection, loadFieldIdsOf } from '../domain/loads/requested-fields.js';
import { OrderedWork } from '../domain/ordered-work.js';
import type { CollectionRecord } from '../domain/records.js';
import type { KeyValuePair } from '../gen/common.js';
import type { IndexCatalogPeer, RootCoordPeer } from '../ports/peers.js';
import { LoadReader } from './load-reader.js';
import { LoadWriter, type LoadWriterDeps } from './load-writer.js';

export interface LoadsDeps extends LoadWriterDeps {
  readonly rootCoord: Pick<RootCoordPeer, 'collection' | 'allocateId'>;
  readonly indexes: IndexCatalogPeer;
}

/** A load as a client asks for it. */
export interface LoadCommand extends FieldSelection {
  readonly collectionId: CollectionId;
  /** 0 leaves it to the properties. */
  readonly replicaNumber: number;
  /** Empty leaves them to the properties. */
  readonly resourceGroups: readonly string[];
  /** Those of the collection's database. */
  readonly databaseProperties: readonly KeyValuePair[];
  /** Only brings what is loaded up to date. */
  readonly refresh: boolean;
}

export interface LoadPartitionsCommand extends LoadCommand {
  readonly partitionNames: readonly string[];
}

export interface ReleasePartitionsCommand {
  readonly collectionId: CollectionId;
  readonly partitionNames: readonly string[];
}

type PartitionChoice = (collection: CollectionRecord) => readonly PartitionId[];

/**
 * Loads as QueryCoord's callers see them: a durable ledger of what clients asked to be loaded.
 * Nothing is searched here, so there is nothing to wait for. The work of one collection is done in
 * the order it was asked for and settles when it is durable; the end of the collection is one of
 * it, so a load comes before it and goes with it, or is refused.
 */
export class Loads extends LoadReader {
  readonly #deps: LoadsDeps;
  readonly #writer: LoadWriter;
  readonly #work = new OrderedWork<CollectionId>();

  constructor(deps: LoadsDeps) {
    super(deps.ledger);
    this.#deps = deps;
    this.#writer = new LoadWriter(deps);
  }

  /**
   * Every partition, and those that come later.
   *
   * @throws CoordError `CollectionNotFound`; `IndexNotFound` or `Unexpected` while a vector has no
   * index; `ParameterInvalid`, `Unexpected`, `ResourceGroupNotFound`, `ResourceGroupNodeNotEnough`
   * for fields, replicas and groups that cannot be; `CollectionNotLoaded` for a refresh.
   */
  loadCollection(command: LoadCommand): Promise<void> {
    return this.#load(command, 'collection', visiblePartitionIds);
  }

  /** @throws CoordError like `loadCollection`, and `PartitionNotFound`. */
  loadPartitions(command: LoadPartitionsCommand): Promise<void> {
    return this.#load(command, 'partitions', (collection) => {
      const ids = namedPartitionIds(collection, command.partitionNames);
      if (ids.length > 0) return ids;
      throw CoordError.plain('failed to load partition, due to no partition specified');
    });
  }

  /** Releasing what is not loaded succeeds. */
  releaseCollection(collectionId: CollectionId): Promise<void> {
    return this.#work.run(collectionId, () => this.#writer.remove(collectionId));
  }

  /**
   * Releasing what is not loaded succeeds.
   *
   * @throws CoordError `CollectionNotFound`, `PartitionNotFound`, `ParameterInvalid` for none.
   */
  releasePartitions({ collectionId, partitionNames }: ReleasePartitionsCommand): Promise<void> {
    return this.#work.run(collectionId, async () => {
      const collection = await this.#collection(collectionId);
      checkNoPartitionKey(collection, 'release');
      const ids = namedPartitionIds(collection, partitionNames);
      if (ids.length === 0) {
        const fields = { expected: 'any partition', actual: 'empty partition list' };
        throw CoordError.of('ParameterInvalid', fields);
      }
      await this.#release(collectionId, ids);
    });
  }

  /** The partition is going. */
  releasePartition(collectionId: CollectionId, id: PartitionId): Promise<void> {
    return this.#work.run(collectionId, () => this.#release(collectionId, [id]));
  }

  /** A partition is coming: it is loaded with a collection that is loaded as a whole. */
  syncPartition(collectionId: CollectionId, id: PartitionId): Promise<void> {
    return this.#work.run(collectionId, async () => {
      const record = this.find(collectionId);
      if (record?.scope !== 'collection' || record.partitionIds.has(id)) return;
      await this.#writer.extend(withPartitions(record, [id]), [id]);
    });
  }

  /** Takes no more work and settles when what was taken is done. */
  drain(): Promise<void> {
    return this.#work.drain();
  }

  #load(command: LoadCommand, scope: LoadRecord['scope'], choose: PartitionChoice): Promise<void> {
    return this.#work.run(command.collectionId, async () => {
      const collection = await this.#collection(command.collectionId);
      if (scope === 'partitions') checkNoPartitionKey(collection, 'load');
      const loadFields = loadFieldIdsOf(collection.schema, command);
      const indexes = await this.#deps.indexes.indexedFields(collection.id);
      checkIndexed(collection, loadFields, indexes, scope);
      const partitionIds = choose(collection);
      if (command.refresh) return this.assertLoaded(collection.id);
      const replicas = replicaConfigOf(command, collection.properties, command.databaseProperties);
      const goal = { scope, partitionIds, replicas, loadFields, selection: command };
      await this.#perform(collection, goal, indexes);
    });
  }

  async #perform(
    collection: CollectionRecord,
    goal: LoadGoal,
    fieldIndexes: ReadonlyMap<FieldId, IndexId>,
  ): Promise<void> {
    const plan = planLoad(this.find(collection.id), goal);
    switch (plan.kind) {
      case 'nothing':
        return;
      case 'extend':
        return this.#writer.extend(plan.after, plan.added);
      case 'create':
        return this.#writer.create({
          collectionId: collection.id,
          databaseId: collection.databaseId,
          scope: goal.scope,
          isReplicaModeOwn: goal.replicas.isOwn,
          loadFields: goal.loadFields,
          fieldIndexes,
          partitionIds: new Set(goal.partitionIds),
          replicas: await this.#spawn(plan.groups),
        });
    }
  }

  async #spawn(groups: readonly string[]): Promise<readonly ReplicaRecord[]> {
    const replicas: ReplicaRecord[] = [];
    for (const resourceGroup of groups) {
      const id = (await this.#deps.rootCoord.allocateId()) as ReplicaId;
      replicas.push({ id, resourceGroup });
    }
    return replicas;
  }

  /** Nothing is left of single partitions once the last of them goes. */
  async #release(collectionId: CollectionId, ids: readonly PartitionId[]): Promise<void> {
    const record = this.find(collectionId);
    if (!record) return;
    const gone = ids.filter((id) => record.partitionIds.has(id));
    if (gone.length === 0) return;
    const isLast = gone.length === record.partitionIds.size;
    if (isLast && record.scope === 'partitions') return this.#writer.remove(collectionId);
    await this.#writer.shrink(record, gone);
  }

  /** Asked again in its turn: it may have been dropped while others had theirs. */
  async #collection(collectionId: CollectionId): Promise<CollectionRecord> {
    const collection = await this.#deps.rootCoord.collection(collectionId);
    if (!collection) throw CoordError.of('CollectionNotFound', { collection: collectionId });
    return collection;
  }
}
