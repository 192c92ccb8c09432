import { checkCollectionName, checkPartitionName } from '../domain/names.js';
import { checkPartitionKeyMode } from '../domain/partition-rules.js';
import { StatusOk } from '../domain/status.js';
import { MilvusServiceService, ShowType } from '../gen/milvus.js';
import { byNameNow, type CollectionQuery } from '../root/catalog/catalog-reader.js';
import { askerOf } from '../rpc/asker-of.js';
import { showPartitionsReply } from '../rpc/show-partitions-reply.js';
import { type Call, unary } from '../rpc/unary.js';
import type { FrontDeps } from './collection.handlers.js';
import { loadedPartitions } from './in-memory.js';
import { checkReleased } from './loaded-elsewhere.js';
import { collectionNameReader, type OnCollection } from './named-collection.js';
import { requestDatabase } from './request-database.js';

interface OnPartition extends OnCollection {
  readonly partitionName: string;
}

/**
 * Partition RPCs of MilvusService: what a proxy checks (facts/rootcoord §6, §19.3), then RootCoord.
 */
export function partitionHandlers(deps: FrontDeps) {
  const { root } = deps;
  const { maxNameLength } = deps.schemaLimits;

  const collectionNameOf = collectionNameReader(deps);

  const judged = (call: Call<OnPartition>) => ({
    ...collectionNameOf(call),
    partitionName: checkPartitionName(call.request.partitionName, maxNameLength),
  });

  const judgedChange = (call: Call<OnPartition>, action: 'create' | 'drop') => {
    const command = judged(call);
    const { schema } = root().partitions.collection(byNameNow(command));
    checkPartitionKeyMode(schema, action);
    return command;
  };

  return {
    createPartition: unary(deps, MilvusServiceService.createPartition, async (call) => {
      const asker = askerOf(call);
      if (root().hasSucceeded(asker)) return StatusOk;
      await root().partitions.create(judgedChange(call, 'create'), asker);
      return StatusOk;
    }),

    dropPartition: unary(deps, MilvusServiceService.dropPartition, async (call) => {
      const asker = askerOf(call);
      if (root().hasSucceeded(asker)) return StatusOk;
      const command = judgedChange(call, 'drop');
      await checkReleased(deps, command);
      await root().partitions.drop(command, asker);
      return StatusOk;
    }),

    hasPartition: unary(deps, MilvusServiceService.hasPartition, (call) => {
      const { partitionName, ...collection } = judged(call);
      const value = root().partitions.has(byNameNow(collection), partitionName);
      return { status: StatusOk, value };
    }),

    showPartitions: unary(deps, MilvusServiceService.showPartitions, async (call) => {
      const { collectionName, collectionID, partitionNames, type } = call.request;
      const isById = collectionName === '' && collectionID !== 0n;
      const query: CollectionQuery = {
        databaseName: requestDatabase(call),
        collectionName: isById ? '' : checkCollectionName(collectionName, maxNameLength),
        collectionId: collectionID,
        at: 0n,
      };
      if (type === ShowType.InMemory) {
        const collection = root().partitions.collection(query);
        const loaded = await loadedPartitions(deps, collection, partitionNames);
        return showPartitionsReply(loaded.records, partitionNames, loaded.progressOf);
      }
      return showPartitionsReply(root().partitions.list(query), partitionNames);
    }),
  };
}
