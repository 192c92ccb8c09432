import { credentials } from '@grpc/grpc-js';
import { MsgBase, MsgType, type Status } from '../../../src/gen/common.js';
import {
  AllocTimestampRequest,
  type AllocTimestampResponse,
  type BoolResponse,
  ConnectRequest,
  type ConnectResponse,
  type CreateCollectionRequest,
  DescribeCollectionRequest,
  type DescribeCollectionResponse,
  DropCollectionRequest,
  HasCollectionRequest,
  MilvusServiceClient,
  ShowCollectionsRequest,
  type ShowCollectionsResponse,
} from '../../../src/gen/milvus.js';
import {
  AllocIDRequest,
  type AllocIDResponse,
  AllocTimestampRequest as AllocTimestampsRequest,
  type AllocTimestampResponse as AllocTimestampsResponse,
  RootCoordClient,
} from '../../../src/gen/root_coord.js';
import { answerOf } from '../answer-of.js';
import type { ServerProcess } from '../server-process.js';

/** Which of the two services is asked for a DDL. */
export type DdlDoor = 'front' | 'root';

/** The calls of the load, over TCP connections nobody else uses. */
export class Connection {
  readonly #milvus: MilvusServiceClient;
  readonly #root: RootCoordClient;

  constructor({ address, rootCoordAddress }: ServerProcess) {
    const options = { 'grpc.use_local_subchannel_pool': 1 };
    this.#milvus = new MilvusServiceClient(address, credentials.createInsecure(), options);
    this.#root = new RootCoordClient(rootCoordAddress, credentials.createInsecure(), options);
  }

  close(): void {
    this.#milvus.close();
    this.#root.close();
  }

  create(door: DdlDoor, request: CreateCollectionRequest): Promise<Status> {
    const client = door === 'root' ? this.#root : this.#milvus;
    return answerOf<Status>((done) => client.createCollection(request, done));
  }

  drop(door: DdlDoor, collectionName: string): Promise<Status> {
    const client = door === 'root' ? this.#root : this.#milvus;
    const base = MsgBase.fromPartial({ msgType: MsgType.DropCollection });
    const request = DropCollectionRequest.fromPartial({ base, collectionName });
    return answerOf<Status>((done) => client.dropCollection(request, done));
  }

  describe(collectionName: string): Promise<DescribeCollectionResponse> {
    const request = DescribeCollectionRequest.fromPartial({ collectionName });
    return answerOf<DescribeCollectionResponse>((done) =>
      this.#milvus.describeCollection(request, done),
    );
  }

  has(collectionName: string): Promise<BoolResponse> {
    const base = MsgBase.fromPartial({ msgType: MsgType.HasCollection });
    const request = HasCollectionRequest.fromPartial({ base, collectionName });
    return answerOf<BoolResponse>((done) => this.#root.hasCollection(request, done));
  }

  show(): Promise<ShowCollectionsResponse> {
    const request = ShowCollectionsRequest.fromPartial({});
    return answerOf<ShowCollectionsResponse>((done) => this.#milvus.showCollections(request, done));
  }

  connect(): Promise<ConnectResponse> {
    const request = ConnectRequest.fromPartial({});
    return answerOf<ConnectResponse>((done) => this.#milvus.connect(request, done));
  }

  takeTimestamp(): Promise<AllocTimestampResponse> {
    const request = AllocTimestampRequest.fromPartial({});
    return answerOf<AllocTimestampResponse>((done) => this.#milvus.allocTimestamp(request, done));
  }

  takeTimestamps(count: number): Promise<AllocTimestampsResponse> {
    const request = AllocTimestampsRequest.fromPartial({ count });
    return answerOf<AllocTimestampsResponse>((done) => this.#root.allocTimestamp(request, done));
  }

  takeIds(count: number): Promise<AllocIDResponse> {
    const request = AllocIDRequest.fromPartial({ count });
    return answerOf<AllocIDResponse>((done) => this.#root.allocId(request, done));
  }
}
