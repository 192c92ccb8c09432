import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js';
import { CoordError } from '../../src/domain/errors.js';
import { StatusOk, statusOf } from '../../src/domain/status.js';
import { GetReplicasResponse, ReplicaInfo } from '../../src/gen/milvus.js';
import {
  GetSegmentInfoResponse,
  type LoadCollectionRequest,
  type LoadPartitionsRequest,
  QueryCoordService,
  SegmentInfo,
  ShowCollectionsResponse,
  ShowPartitionsResponse,
} from '../../src/gen/query_coord.js';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.js';

/** Who loads: partitions of collections, each so many percent. */
type Loads = Map<bigint, Map<bigint, bigint>>;

type Handler<Request, Response> = (request: Request) => Response;

/** What a QueryCoord of an era calls its reads. */
export type QueryCoordEra = '2.4' | '2.6';

/**
 * A QueryCoord that keeps its loads in memory and does as its test says, behind a real gRPC server.
 * It knows every collection it is asked to load.
 */
export class QueryCoordServer {
  /** Collections, their partitions, and how many percent of each are loaded. */
  readonly loads: Loads = new Map();
  /** Every request, in the order of their arrival, with the name of its call. */
  readonly requests: { readonly rpc: string; readonly request: unknown }[] = [];
  /** What a load begins at. */
  percent = 100n;
  /** Refuses every call while it is set. */
  refusal: CoordError | undefined;
  /** Takes requests and never answers while it is set. */
  isSilent = false;
  #server: LoopbackServer | undefined;

  /** @param port a free one unless it is said. */
  static async start(era: QueryCoordEra, port = 0): Promise<QueryCoordServer> {
    const coordinator = new QueryCoordServer();
    coordinator.#server = await startLoopbackServer(
      (server) => server.addService(QueryCoordService, coordinator.#implementation(era)),
      port,
    );
    return coordinator;
  }

  get address(): string {
    if (!this.#server) throw new Error('the QueryCoord is not running');
    return this.#server.address;
  }

  close(): void {
    this.#server?.close();
  }

  #implementation(era: QueryCoordEra): UntypedServiceImplementation {
    const changes = {
      loadCollection: this.#answer('loadCollection', (request: LoadCollectionRequest) => {
        // A collection is loaded as a whole; its one partition here is the one everybody has.
        this.loads.set(request.collectionID, new Map([[0n, this.percent]]));
        return StatusOk;
      }),
      loadPartitions: this.#answer('loadPartitions', (request: LoadPartitionsRequest) => {
        const loaded = this.loads.get(request.collectionID) ?? new Map<bigint, bigint>();
        for (const id of request.partitionIDs) loaded.set(id, this.percent);
        this.loads.set(request.collectionID, loaded);
        return StatusOk;
      }),
      releaseCollection: this.#answer('releaseCollection', (request: OnCollection) => {
        this.loads.delete(request.collectionID);
        return StatusOk;
      }),
      releasePartitions: this.#answer('releasePartitions', (request: OnPartitions) => {
        const loaded = this.loads.get(request.collectionID);
        for (const id of request.partitionIDs) loaded?.delete(id);
        if (loaded?.size === 0) this.loads.delete(request.collectionID);
        return StatusOk;
      }),
      syncNewCreatedPartition: this.#answer('syncNewCreatedPartition', () => StatusOk),
    };
    return { ...changes, ...this.#reads(era) };
  }

  #reads(era: QueryCoordEra): UntypedServiceImplementation {
    const collections = this.#answer('showCollections', ({ collectionIDs }: ShowCollections) => {
      const ids = collectionIDs.length > 0 ? collectionIDs : [...this.loads.keys()];
      const loads = ids.map((id) => this.#loadOf(id));
      return ShowCollectionsResponse.fromPartial({
        status: StatusOk,
        collectionIDs: ids,
        inMemoryPercentages: loads.map(percentOf),
        queryServiceAvailable: loads.map((load) => percentOf(load) === 100n),
        refreshProgress: loads.map(() => 100n),
      });
    });
    const partitions = this.#answer('showPartitions', ({ collectionID }: OnCollection) => {
      const load = this.#loadOf(collectionID);
      return ShowPartitionsResponse.fromPartial({
        status: StatusOk,
        partitionIDs: [...load.keys()],
        inMemoryPercentages: [...load.values()],
        refreshProgress: [...load.values()].map(() => 100n),
      });
    });
    const segments = this.#answer('getSegmentInfo', ({ collectionID }: OnCollection) =>
      GetSegmentInfoResponse.fromPartial({
        status: StatusOk,
        infos: [
          SegmentInfo.fromPartial({ segmentID: 7n, collectionID, numRows: 3n, nodeIds: [9n] }),
        ],
      }),
    );
    const getReplicas = this.#answer('getReplicas', ({ collectionID }: OnCollection) =>
      GetReplicasResponse.fromPartial({
        status: StatusOk,
        replicas: [ReplicaInfo.fromPartial({ replicaID: 5n, collectionID, nodeIds: [9n] })],
      }),
    );
    return era === '2.4'
      ? {
          showCollections: collections,
          showPartitions: partitions,
          getSegmentInfo: segments,
          getReplicas,
        }
      : {
          showLoadCollections: collections,
          showLoadPartitions: partitions,
          getLoadSegmentInfo: segments,
          getReplicas,
        };
  }

  #loadOf(id: bigint): ReadonlyMap<bigint, bigint> {
    const load = this.loads.get(id);
    if (load) return load;
    throw CoordError.of('CollectionNotLoaded', { collection: id });
  }

  #answer<Request, Response>(rpc: string, handle: Handler<Request, Response>) {
    return (
      { request }: ServerUnaryCall<Request, Response>,
      callback: sendUnaryData<unknown>,
    ): void => {
      this.requests.push({ rpc, request });
      if (this.isSilent) return;
      try {
        if (this.refusal) throw this.refusal;
        callback(null, handle(request));
      } catch (caught) {
        const status = statusOf(CoordError.from(caught));
        // A bare Status has no field of that name, and one with a status has no field of the bare.
        callback(null, CHANGES.has(rpc) ? status : { ...EMPTY, status });
      }
    };
  }
}

interface OnCollection {
  readonly collectionID: bigint;
}

interface OnPartitions extends OnCollection {
  readonly partitionIDs: readonly bigint[];
}

interface ShowCollections {
  readonly collectionIDs: bigint[];
}

const CHANGES: ReadonlySet<string> = new Set([
  'loadCollection',
  'loadPartitions',
  'releaseCollection',
  'releasePartitions',
  'syncNewCreatedPartition',
]);

/** Every list of every answer, so that each encodes. */
const EMPTY = {
  ...ShowCollectionsResponse.fromPartial({}),
  ...ShowPartitionsResponse.fromPartial({}),
  ...GetSegmentInfoResponse.fromPartial({}),
  ...GetReplicasResponse.fromPartial({}),
};

const percentOf = (load: ReadonlyMap<bigint, bigint>): bigint => {
  const all = [...load.values()];
  return all.reduce((sum, percent) => sum + percent, 0n) / BigInt(Math.max(all.length, 1));
};
