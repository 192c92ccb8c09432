import type { MethodDefinition } from '@grpc/grpc-js';
import { MsgType } from '../../../src/gen/common.js';
import {
  AddCollectionFieldRequest,
  AddCollectionFunctionRequest,
  AlterCollectionFieldRequest,
  AlterCollectionFunctionRequest,
  AlterCollectionRequest,
  BatchDescribeCollectionRequest,
  DescribeCollectionRequest,
  DropCollectionFunctionRequest,
  MilvusServiceService,
  RenameCollectionRequest,
  TruncateCollectionRequest,
} from '../../../src/gen/milvus.js';
import {
  GetPChannelInfoRequest,
  RootCoordService,
  ShowCollectionIDsRequest,
} from '../../../src/gen/root_coord.js';
import { FieldSchema } from '../../../src/gen/schema.js';
import { aFunction, aVarChar, pairs } from '../schemas.js';
import type { BuiltRpc } from './built-rpcs.js';

const on = { dbName: 'default', collectionName: 'hostile' };
const functionSchema = aFunction({ params: pairs({ provider: 'openai' }) });
const schema = FieldSchema.encode(aVarChar('added', { nullable: true })).finish();

const requests = {
  alterCollection: AlterCollectionRequest.fromPartial({
    ...on,
    properties: pairs({ 'collection.ttl.seconds': 60 }),
  }),
  alterCollectionField: AlterCollectionFieldRequest.fromPartial({
    ...on,
    fieldName: 'title',
    properties: pairs({ max_length: 128 }),
  }),
  addCollectionField: AddCollectionFieldRequest.fromPartial({
    ...on,
    base: { msgType: MsgType.AddCollectionField },
    schema: Buffer.from(schema),
  }),
  renameCollection: RenameCollectionRequest.fromPartial({
    ...{ base: { msgType: MsgType.RenameCollection }, dbName: 'default' },
    ...{ oldName: 'hostile', newName: 'hostile_again' },
  }),
  truncateCollection: TruncateCollectionRequest.fromPartial(on),
  addCollectionFunction: AddCollectionFunctionRequest.fromPartial({ ...on, functionSchema }),
  alterCollectionFunction: AlterCollectionFunctionRequest.fromPartial({
    ...{ ...on, functionName: 'bm25', functionSchema },
  }),
  dropCollectionFunction: DropCollectionFunctionRequest.fromPartial({
    ...{ ...on, functionName: 'bm25' },
  }),
};

const rpc = <Request>(
  service: BuiltRpc['service'],
  { path, requestSerialize }: Pick<MethodDefinition<Request, unknown>, 'path' | 'requestSerialize'>,
  request: Request,
): BuiltRpc => ({ service, path, valid: requestSerialize(request) });

const M = MilvusServiceService;
const R = RootCoordService;

/** RPCs that alter or look at collections beyond create and drop. */
export const alterationRpcs: readonly BuiltRpc[] = [
  ...(
    [
      ['milvus', M],
      ['rootCoord', R],
    ] as const
  ).flatMap(([service, methods]) => [
    rpc(service, methods.alterCollection, requests.alterCollection),
    rpc(service, methods.alterCollectionField, requests.alterCollectionField),
    rpc(service, methods.addCollectionField, requests.addCollectionField),
    rpc(service, methods.renameCollection, requests.renameCollection),
    rpc(service, methods.truncateCollection, requests.truncateCollection),
    rpc(service, methods.addCollectionFunction, requests.addCollectionFunction),
    rpc(service, methods.alterCollectionFunction, requests.alterCollectionFunction),
    rpc(service, methods.dropCollectionFunction, requests.dropCollectionFunction),
  ]),
  rpc(
    'milvus',
    M.batchDescribeCollection,
    BatchDescribeCollectionRequest.fromPartial({
      ...{ collectionName: ['hostile', 'other'], collectionID: [1n, 2n] },
    }),
  ),
  rpc(
    'rootCoord',
    R.describeCollectionInternal,
    DescribeCollectionRequest.fromPartial({
      ...{ base: { msgType: MsgType.DescribeCollection }, collectionName: 'hostile' },
    }),
  ),
  rpc(
    'rootCoord',
    R.showCollectionIDs,
    ShowCollectionIDsRequest.fromPartial({ dbNames: ['default'], allowUnavailable: true }),
  ),
  rpc(
    'rootCoord',
    R.getPChannelInfo,
    GetPChannelInfoRequest.fromPartial({ pchannel: 'by-dev-rootcoord-dml_0' }),
  ),
];
