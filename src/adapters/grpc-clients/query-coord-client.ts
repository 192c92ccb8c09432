import {
  type CallOptions,
  type ClientUnaryCall,
  credentials,
  status as grpcStatus,
  Metadata,
  type requestCallback,
  type ServiceError,
} from '@grpc/grpc-js';
import { CoordError } from '../../domain/errors.js';
import type { CollectionId, PartitionId } from '../../domain/ids.js';
import type { LoadProgress } from '../../domain/loads/load-progress.js';
import { failureOf } from '../../domain/status.js';
import { MsgBase, MsgType, SegmentLevel, type Status } from '../../gen/common.js';
import { GetReplicasRequest, QuerySegmentInfo, type ReplicaInfo } from '../../gen/milvus.js';
import {
  GetSegmentInfoRequest,
  LoadCollectionRequest,
  LoadPartitionsRequest,
  QueryCoordClient as QueryCoordStub,
  ReleaseCollectionRequest,
  ReleasePartitionsRequest,
  type SegmentInfo,
  ShowCollectionsRequest,
  ShowPartitionsRequest,
  SyncNewCreatedPartitionRequest,
} from '../../gen/query_coord.js';
import type { RemoteLoad, RemoteQueryCoord } from '../../ports/remote-query-coord.js';
import { RECONNECTING_CHANNEL } from './reconnecting-channel.js';

/** What a call may take; loads are only noted before they are answered. */
const TIMEOUT_MS = 10_000;

export interface QueryCoordAccess {
  /** `host:port`. */
  readonly address: string;
  /** Largest message, bytes. */
  readonly receiveBytesMax: number;
  readonly sendBytesMax: number;
  /** Milliseconds one call may take. */
  readonly timeoutMs?: number;
}

type Unary<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: requestCallback<Response>,
) => ClientUnaryCall;

interface Answer {
  readonly status?: Status | undefined;
}

const baseOf = (msgType: MsgType): MsgBase => MsgBase.fromPartial({ msgType });

/** `milvus.proto.query.QueryCoord` of Milvus 2.3 and later, in plaintext. */
export class QueryCoordClient implements RemoteQueryCoord {
  readonly #stub: QueryCoordStub;
  readonly #address: string;
  readonly #timeoutMs: number;
  /** Three calls have other names since 2.5; the older ones are gone with 2.6. */
  #hasLongNames = true;

  constructor({ address, receiveBytesMax, sendBytesMax, timeoutMs }: QueryCoordAccess) {
    this.#address = address;
    this.#timeoutMs = timeoutMs ?? TIMEOUT_MS;
    this.#stub = new QueryCoordStub(address, credentials.createInsecure(), {
      ...RECONNECTING_CHANNEL,
      'grpc.max_receive_message_length': receiveBytesMax,
      'grpc.max_send_message_length': sendBytesMax,
    });
  }

  async loadCollection(load: RemoteLoad): Promise<void> {
    const base = baseOf(MsgType.LoadCollection);
    await this.#change(
      this.#stub.loadCollection,
      LoadCollectionRequest.fromPartial({ base, ...partsOf(load) }),
    );
  }

  async loadPartitions(load: RemoteLoad, ids: readonly PartitionId[]): Promise<void> {
    const request = { base: baseOf(MsgType.LoadPartitions), partitionIDs: [...ids] };
    await this.#change(
      this.#stub.loadPartitions,
      LoadPartitionsRequest.fromPartial({ ...request, ...partsOf(load) }),
    );
  }

  async releaseCollection(collectionID: CollectionId): Promise<void> {
    const request = { base: baseOf(MsgType.ReleaseCollection), collectionID };
    await this.#change(this.#stub.releaseCollection, ReleaseCollectionRequest.fromPartial(request));
  }

  async releasePartitions(collectionID: CollectionId, ids: readonly PartitionId[]): Promise<void> {
    const base = baseOf(MsgType.ReleasePartitions);
    const request = { base, collectionID, partitionIDs: [...ids] };
    await this.#change(this.#stub.releasePartitions, ReleasePartitionsRequest.fromPartial(request));
  }

  async syncPartition(collectionID: CollectionId, partitionID: PartitionId): Promise<void> {
    const request = { base: baseOf(MsgType.CreatePartition), collectionID, partitionID };
    await this.#change(
      this.#stub.syncNewCreatedPartition,
      SyncNewCreatedPartitionRequest.fromPartial(request),
    );
  }

  async collectionProgress(id?: CollectionId): Promise<ReadonlyMap<CollectionId, LoadProgress>> {
    const answer = await this.#askUnderEitherName(
      this.#stub.showLoadCollections,
      this.#stub.showCollections,
      ShowCollectionsRequest.fromPartial({
        base: baseOf(MsgType.ShowCollections),
        collectionIDs: id === undefined ? [] : [id],
      }),
    );
    const { collectionIDs, queryServiceAvailable } = answer;
    const progress = progressesOf(answer, queryServiceAvailable);
    return new Map(collectionIDs.map((own, i) => [own as CollectionId, progress(i)]));
  }

  async partitionProgress(id: CollectionId): Promise<ReadonlyMap<PartitionId, LoadProgress>> {
    const answer = await this.#askUnderEitherName(
      this.#stub.showLoadPartitions,
      this.#stub.showPartitions,
      ShowPartitionsRequest.fromPartial({
        base: baseOf(MsgType.ShowPartitions),
        collectionID: id,
      }),
    );
    const progress = progressesOf(answer, []);
    return new Map(answer.partitionIDs.map((own, i) => [own as PartitionId, progress(i)]));
  }

  async replicas(
    collectionID: CollectionId,
    withShardNodes: boolean,
  ): Promise<readonly ReplicaInfo[]> {
    const request = GetReplicasRequest.fromPartial({ collectionID, withShardNodes });
    return (await this.#ask(this.#stub.getReplicas, request)).replicas;
  }

  async segments(collectionID: CollectionId): Promise<readonly QuerySegmentInfo[]> {
    const answer = await this.#askUnderEitherName(
      this.#stub.getLoadSegmentInfo,
      this.#stub.getSegmentInfo,
      GetSegmentInfoRequest.fromPartial({ base: baseOf(MsgType.SegmentInfo), collectionID }),
    );
    return answer.infos.map(publicSegment);
  }

  close(): void {
    this.#stub.close();
  }

  /** The newer name first; whichever the server knows is the first one from then on. */
  async #askUnderEitherName<Request, Response extends Answer>(
    long: Unary<Request, Response>,
    short: Unary<Request, Response>,
    request: Request,
  ): Promise<Response> {
    const [first, second] = this.#hasLongNames ? [long, short] : [short, long];
    try {
      return await this.#ask(first, request);
    } catch (caught) {
      if (!isUnknownCall(caught)) throw caught;
    }
    const answer = await this.#call(second, request);
    this.#hasLongNames = second === long;
    return accepted(answer);
  }

  async #ask<Request, Response extends Answer>(
    method: Unary<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return accepted(await this.#call(method, request));
  }

  async #change<Request>(method: Unary<Request, Status>, request: Request): Promise<void> {
    const failure = failureOf(await this.#call(method, request));
    if (failure) throw failure;
  }

  #call<Request, Response>(method: Unary<Request, Response>, request: Request): Promise<Response> {
    const options = { deadline: new Date(Date.now() + this.#timeoutMs) };
    return new Promise((resolve, reject) => {
      method.call(this.#stub, request, new Metadata(), options, (failure, answer) => {
        if (answer) resolve(answer);
        else reject(this.#worded(failure));
      });
    });
  }

  #worded(failure: ServiceError | null): CoordError {
    const fields = { querycoord: this.#address };
    const why = failure?.details ?? 'no answer';
    return failure && LASTING.has(failure.code)
      ? new CoordError('Unexpected', `querycoord ${this.#address}: ${why}`, { cause: failure })
      : new CoordError(
          'ServiceUnavailable',
          CoordError.of('ServiceUnavailable', fields, why).message,
          {
            cause: failure,
          },
        );
  }
}

/** @throws CoordError the refusal the answer tells. */
function accepted<Response extends Answer>(answer: Response): Response {
  const failure = failureOf(answer.status);
  if (failure) throw failure;
  return answer;
}

/** Asking again does not help. */
const LASTING: ReadonlySet<number> = new Set([
  grpcStatus.UNIMPLEMENTED,
  grpcStatus.INVALID_ARGUMENT,
  grpcStatus.UNAUTHENTICATED,
  grpcStatus.PERMISSION_DENIED,
  grpcStatus.RESOURCE_EXHAUSTED,
]);

const isUnknownCall = (caught: unknown): boolean =>
  caught instanceof CoordError &&
  caught.cause instanceof Error &&
  'code' in caught.cause &&
  caught.cause.code === grpcStatus.UNIMPLEMENTED;

const partsOf = (load: RemoteLoad) => ({
  collectionID: load.collectionId,
  schema: load.schema,
  replicaNumber: load.replicaNumber,
  fieldIndexID: new Map(load.fieldIndexes),
  refresh: load.refresh,
  resourceGroups: [...load.resourceGroups],
  loadFields: [...load.loadFields],
});

interface Percentages {
  readonly inMemoryPercentages: readonly bigint[];
  readonly refreshProgress: readonly bigint[];
}

/** Parallel arrays, of which older servers leave some out. */
const progressesOf =
  ({ inMemoryPercentages, refreshProgress }: Percentages, searchable: readonly boolean[]) =>
  (index: number): LoadProgress => ({
    percent: inMemoryPercentages[index] ?? 0n,
    refreshPercent: refreshProgress[index] ?? 0n,
    isSearchable: searchable[index] ?? false,
  });

const levels: ReadonlySet<number> = new Set(Object.values(SegmentLevel));
const isLevel = (level: number): level is SegmentLevel => levels.has(level);

/** The part of a loaded segment that clients are told. */
const publicSegment = (info: SegmentInfo): QuerySegmentInfo =>
  QuerySegmentInfo.fromPartial({
    segmentID: info.segmentID,
    collectionID: info.collectionID,
    partitionID: info.partitionID,
    memSize: info.memSize,
    numRows: info.numRows,
    indexName: info.indexName,
    indexID: info.indexID,
    nodeID: info.nodeID,
    state: info.segmentState,
    nodeIds: [...info.nodeIds],
    level: isLevel(info.level) ? info.level : SegmentLevel.Legacy,
    isSorted: info.isSorted,
    storageVersion: info.storageVersion,
  });
