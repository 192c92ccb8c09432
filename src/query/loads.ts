import { CoordError } from '../domain/errors.js';
import type { CollectionId, PartitionId, ReplicaId } from '../domain/ids.js';
import {
  type LoadRecord,
  type ReplicaRecord,
  withPartitions,
} from '../domain/loads/load-record.js';
import { planLoad } from '../domain/loads/plan-load.js';
import { replicaConfigOf } from '../domain/loads/replica-config.js';
import { OrderedWork } from '../domain/ordered-work.js';
import type { RootCoordPeer } from '../ports/peers.js';
import {
  type LoadOrder,
  type LoadOrderDeps,
  type LoadScope,
  onlyThese,
  partitionsToRelease,
  WHOLE,
  withLoadOrder,
} from './load-order.js';
import { LoadReader } from './load-reader.js';
import type {
  LoadCommand,
  LoadPartitionsCommand,
  LoadService,
  ReleasePartitionsCommand,
} from './load-service.js';
import { LoadWriter, type LoadWriterDeps } from './load-writer.js';

export interface LoadsDeps extends LoadWriterDeps, LoadOrderDeps {
  readonly rootCoord: Pick<RootCoordPeer, 'collection' | 'allocateId'>;
}

/**
 * Loads as QueryCoord's callers see them: a durable ledger of what clients asked to be loaded.
 * Nothing is searched here, so there is nothing to wait for. The work of one collection is done in
 * the order it was asked for and settles when it is durable; the end of the collection is one of
 * it, so a load comes before it and goes with it, or is refused.
 */
export class Loads extends LoadReader implements LoadService {
  readonly #deps: LoadsDeps;
  readonly #writer: LoadWriter;
  readonly #work = new OrderedWork<CollectionId>();

  constructor(deps: LoadsDeps) {
    super(deps.ledger);
    this.#deps = deps;
    this.#writer = new LoadWriter(deps);
  }

  loadCollection(command: LoadCommand): Promise<void> {
    return this.#load(command, WHOLE);
  }

  loadPartitions(command: LoadPartitionsCommand): Promise<void> {
    return this.#load(command, onlyThese(command.partitionNames));
  }

  releaseCollection(collectionId: CollectionId): Promise<void> {
    return this.#work.run(collectionId, () => this.#writer.remove(collectionId));
  }

  releasePartitions(command: ReleasePartitionsCommand): Promise<void> {
    const { collectionId } = command;
    return this.#work.run(collectionId, async () =>
      this.#release(collectionId, await partitionsToRelease(this.#deps, command)),
    );
  }

  releasePartition(collectionId: CollectionId, id: PartitionId): Promise<void> {
    return this.#work.run(collectionId, () => this.#release(collectionId, [id]));
  }

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

  /** Takes no more work and refuses what has not begun. */
  close(): void {
    this.#work.close();
  }

  #load(command: LoadCommand, scope: LoadScope): Promise<void> {
    return this.#work.run(command.collectionId, () =>
      withLoadOrder(this.#deps, command, scope, (order) =>
        this.#perform(command, scope.scope, order),
      ),
    );
  }

  async #perform(
    command: LoadCommand,
    scope: LoadRecord['scope'],
    { collection, partitionIds, loadFields, fieldIndexes }: LoadOrder,
  ): Promise<void> {
    if (command.refresh) return this.#assertLoaded(collection.id);
    const replicas = replicaConfigOf(command, collection.properties, command.databaseProperties);
    const goal = { scope, partitionIds, replicas, loadFields, selection: command };
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
          scope,
          isReplicaModeOwn: replicas.isOwn,
          loadFields,
          fieldIndexes,
          partitionIds: new Set(partitionIds),
          replicas: await this.#spawn(plan.groups),
        });
    }
  }

  #assertLoaded(collectionId: CollectionId): void {
    if (this.isCollectionLoaded(collectionId)) return;
    throw CoordError.of('CollectionNotLoaded', { collection: collectionId });
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
}
