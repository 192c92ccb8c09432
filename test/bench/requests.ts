import { Status } from '../../src/gen/common.js';
import {
  AlterCollectionRequest,
  CreateCollectionRequest,
  DescribeCollectionRequest,
  DescribeCollectionResponse,
  DropCollectionRequest,
  ShowCollectionsRequest,
  ShowCollectionsResponse,
} from '../../src/gen/milvus.js';
import { AllocTimestampRequest, AllocTimestampResponse } from '../../src/gen/root_coord.js';
import { CollectionSchema, DataType } from '../../src/gen/schema.js';

const SERVICE = '/milvus.proto.milvus.MilvusService';

/** One kind of call: its path, its request by name and moment, and a check of the answer. */
export interface Call {
  readonly path: string;
  request(name: string, at?: string): Uint8Array;
  /** Throws unless the answer is a success. */
  check(answer: Uint8Array): void;
}

function checkStatus(status: Status | undefined): void {
  if (status?.code !== 0) throw new Error(`refused: ${status?.reason}`);
}

const statusOnly = (answer: Uint8Array): void => checkStatus(Status.decode(answer));

/** Key, text and vector: what most collections look like. */
const schemaOf = (name: string): Uint8Array =>
  CollectionSchema.encode(
    CollectionSchema.fromPartial({
      name,
      fields: [
        { name: 'id', dataType: DataType.Int64, isPrimaryKey: true },
        {
          name: 'text',
          dataType: DataType.VarChar,
          typeParams: [{ key: 'max_length', value: '512' }],
        },
        {
          name: 'vector',
          dataType: DataType.FloatVector,
          typeParams: [{ key: 'dim', value: '768' }],
        },
      ],
    }),
  ).finish();

export const create: Call = {
  path: `${SERVICE}/CreateCollection`,
  request: (name) =>
    CreateCollectionRequest.encode(
      CreateCollectionRequest.fromPartial({ collectionName: name, schema: schemaOf(name) }),
    ).finish(),
  check: statusOnly,
};

let alterations = 0;

/** Another value each time, or nothing would change. */
export const alter: Call = {
  path: `${SERVICE}/AlterCollection`,
  request: (name) => {
    alterations += 1;
    const properties = [{ key: 'note', value: String(alterations) }];
    return AlterCollectionRequest.encode(
      AlterCollectionRequest.fromPartial({ collectionName: name, properties }),
    ).finish();
  },
  check: statusOnly,
};

export const drop: Call = {
  path: `${SERVICE}/DropCollection`,
  request: (name) =>
    DropCollectionRequest.encode(
      DropCollectionRequest.fromPartial({ collectionName: name }),
    ).finish(),
  check: statusOnly,
};

export const describe: Call = {
  path: `${SERVICE}/DescribeCollection`,
  request: (name, at = '0') =>
    DescribeCollectionRequest.encode(
      DescribeCollectionRequest.fromPartial({ collectionName: name, timeStamp: BigInt(at) }),
    ).finish(),
  check: (answer) => checkStatus(DescribeCollectionResponse.decode(answer).status),
};

export const show: Call = {
  path: `${SERVICE}/ShowCollections`,
  request: () => ShowCollectionsRequest.encode(ShowCollectionsRequest.fromPartial({})).finish(),
  check: (answer) => checkStatus(ShowCollectionsResponse.decode(answer).status),
};

const oneTimestamp = AllocTimestampRequest.encode(
  AllocTimestampRequest.fromPartial({ count: 1 }),
).finish();

/** One timestamp from RootCoord. */
export const allocTimestamp: Call = {
  path: '/milvus.proto.rootcoord.RootCoord/AllocTimestamp',
  request: () => oneTimestamp,
  check: (answer) => checkStatus(AllocTimestampResponse.decode(answer).status),
};

/** The yardstick: an RPC that hands bytes back and does nothing. */
export const echo: Call = {
  path: '/rootstock.bench.Echo/Echo',
  request: (name) => Buffer.from(name),
  check: () => {},
};
