import type { MethodDefinition } from '@grpc/grpc-js';
import { MsgType } from '../../../src/gen/common.js';
import {
  ChannelTimeTickMsg,
  GetStatisticsChannelRequest,
  GetTimeTickChannelRequest,
} from '../../../src/gen/internal.js';
import {
  AllocTimestampRequest,
  CheckHealthRequest,
  ConnectRequest,
  CreateCollectionRequest,
  DescribeCollectionRequest,
  DropCollectionRequest,
  GetComponentStatesRequest,
  GetVersionRequest,
  HasCollectionRequest,
  MilvusServiceService,
  ShowCollectionsRequest,
} from '../../../src/gen/milvus.js';
import { InvalidateCollMetaCacheRequest } from '../../../src/gen/proxy.js';
import {
  AllocIDRequest,
  AllocTimestampRequest as RootAllocTimestampRequest,
  RootCoordService,
} from '../../../src/gen/root_coord.js';
import { CollectionSchema } from '../../../src/gen/schema.js';
import { aPrimaryKey, aVarChar, aVector } from '../schemas.js';
import { alterationRpcs } from './alteration-rpcs.js';
import { indexRpcs } from './index-rpcs.js';
import { loadRpcs } from './load-rpcs.js';
import { nameRpcs } from './name-rpcs.js';
import { partitionRpcs } from './partition-rpcs.js';
import { segmentRpcs } from './segment-rpcs.js';

/** Who serves an RPC. */
export type ServiceName = 'milvus' | 'rootCoord' | 'dataCoord';

/** A built RPC and a request it takes gladly. */
export interface BuiltRpc {
  readonly service: ServiceName;
  readonly path: string;
  readonly valid: Buffer;
}

const NAME = 'hostile';

const schema = (name: string): Buffer =>
  Buffer.from(
    CollectionSchema.encode(
      CollectionSchema.fromPartial({
        name,
        description: 'made for the test of hostile input',
        enableDynamicField: true,
        fields: [aPrimaryKey(), aVarChar('title'), aVector()],
      }),
    ).finish(),
  );

/** A create of a collection any client could make. */
export const validCreate = (name: string): Buffer =>
  Buffer.from(
    CreateCollectionRequest.encode(
      CreateCollectionRequest.fromPartial({
        base: { msgType: MsgType.CreateCollection, properties: { origin: 'test' } },
        collectionName: name,
        schema: schema(name),
        shardsNum: 2,
        properties: [{ key: 'collection.ttl.seconds', value: '3600' }],
      }),
    ).finish(),
  );

export const CREATE = MilvusServiceService.createCollection.path;
export const ROOT_CREATE = RootCoordService.createCollection.path;

type Method<Request> = Pick<MethodDefinition<Request, unknown>, 'path' | 'requestSerialize'>;

const rpc = <Request>(
  service: ServiceName,
  { path, requestSerialize }: Method<Request>,
  request: Request,
): BuiltRpc => ({ service, path, valid: requestSerialize(request) });

const milvus = <Request>(method: Method<Request>, request: Request) =>
  rpc('milvus', method, request);
const root = <Request>(method: Method<Request>, request: Request) =>
  rpc('rootCoord', method, request);

const M = MilvusServiceService;
const R = RootCoordService;
const collectionName = NAME;

/** Every RPC that is built, on every service. */
export const builtRpcs: readonly BuiltRpc[] = [
  ...alterationRpcs,
  milvus(
    M.connect,
    ConnectRequest.fromPartial({ clientInfo: { sdkType: 'test', reserved: { a: 'b' } } }),
  ),
  milvus(M.getVersion, GetVersionRequest.create()),
  milvus(M.checkHealth, CheckHealthRequest.create()),
  milvus(M.getComponentStates, GetComponentStatesRequest.create()),
  milvus(
    M.allocTimestamp,
    AllocTimestampRequest.fromPartial({ base: { msgType: MsgType.Undefined } }),
  ),
  { service: 'milvus', path: CREATE, valid: validCreate(NAME) },
  milvus(M.dropCollection, DropCollectionRequest.fromPartial({ collectionName })),
  milvus(M.hasCollection, HasCollectionRequest.fromPartial({ collectionName })),
  milvus(M.describeCollection, DescribeCollectionRequest.fromPartial({ collectionName })),
  milvus(M.showCollections, ShowCollectionsRequest.fromPartial({ collectionNames: [NAME, 'b'] })),
  { service: 'rootCoord', path: ROOT_CREATE, valid: validCreate(NAME) },
  root(
    R.dropCollection,
    DropCollectionRequest.fromPartial({
      base: { msgType: MsgType.DropCollection },
      collectionName,
    }),
  ),
  root(
    R.hasCollection,
    HasCollectionRequest.fromPartial({ base: { msgType: MsgType.HasCollection }, collectionName }),
  ),
  root(
    R.describeCollection,
    DescribeCollectionRequest.fromPartial({
      base: { msgType: MsgType.DescribeCollection },
      collectionName,
    }),
  ),
  root(
    R.showCollections,
    ShowCollectionsRequest.fromPartial({ base: { msgType: MsgType.ShowCollections } }),
  ),
  root(R.allocTimestamp, RootAllocTimestampRequest.fromPartial({ count: 3 })),
  root(R.allocId, AllocIDRequest.fromPartial({ count: 3 })),
  // Nobody here holds a session: only a report that says nothing is taken from all.
  root(
    R.updateChannelTimeTick,
    ChannelTimeTickMsg.fromPartial({
      base: { msgType: MsgType.TimeTick, sourceID: 404n },
      timestamps: [7n],
    }),
  ),
  root(R.getComponentStates, GetComponentStatesRequest.create()),
  root(R.checkHealth, CheckHealthRequest.create()),
  root(R.getTimeTickChannel, GetTimeTickChannelRequest.create()),
  root(
    R.invalidateCollectionMetaCache,
    InvalidateCollMetaCacheRequest.fromPartial({
      base: { msgType: MsgType.DropCollection, properties: { origin: 'test' } },
      collectionName,
      collectionID: 9n,
    }),
  ),
  root(R.getStatisticsChannel, GetStatisticsChannelRequest.create()),
  ...indexRpcs,
  ...segmentRpcs,
  ...nameRpcs,
  ...partitionRpcs,
  ...loadRpcs,
];
