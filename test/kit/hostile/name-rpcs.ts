import type { MethodDefinition } from '@grpc/grpc-js';
import { MsgType } from '../../../src/gen/common.js';
import {
  AlterAliasRequest,
  AlterDatabaseRequest,
  CreateAliasRequest,
  CreateDatabaseRequest,
  DescribeAliasRequest,
  DescribeDatabaseRequest,
  DropAliasRequest,
  DropDatabaseRequest,
  ListAliasesRequest,
  ListDatabasesRequest,
  MilvusServiceService,
} from '../../../src/gen/milvus.js';
import {
  AlterDatabaseRequest as RootAlterDatabaseRequest,
  RootCoordService,
  DescribeDatabaseRequest as RootDescribeDatabaseRequest,
} from '../../../src/gen/root_coord.js';
import type { BuiltRpc } from './built-rpcs.js';

type Method<Request> = Pick<MethodDefinition<Request, unknown>, 'path' | 'requestSerialize'>;

/** One request for the RPC of the same name on both services. */
const onBoth = <Request>(
  milvus: Method<Request>,
  root: Method<Request>,
  request: Request,
): BuiltRpc[] => [
  { service: 'milvus', path: milvus.path, valid: milvus.requestSerialize(request) },
  { service: 'rootCoord', path: root.path, valid: root.requestSerialize(request) },
];

const M = MilvusServiceService;
const R = RootCoordService;
const dbName = 'hostile_database';
const alias = 'hostile_alias';
const collectionName = 'hostile';
const properties = [{ key: 'database.max.collections', value: '7' }];
const base = (msgType: MsgType) => ({ base: { msgType } });

const alteration = { dbName, properties, deleteKeys: [] };

/** RPCs about databases and aliases. */
export const nameRpcs: readonly BuiltRpc[] = [
  ...onBoth(
    M.createDatabase,
    R.createDatabase,
    CreateDatabaseRequest.fromPartial({ dbName, properties }),
  ),
  ...onBoth(M.dropDatabase, R.dropDatabase, DropDatabaseRequest.fromPartial({ dbName })),
  ...onBoth(M.listDatabases, R.listDatabases, ListDatabasesRequest.create()),
  {
    service: 'milvus',
    path: M.describeDatabase.path,
    valid: M.describeDatabase.requestSerialize(DescribeDatabaseRequest.fromPartial({ dbName })),
  },
  {
    service: 'rootCoord',
    path: R.describeDatabase.path,
    valid: R.describeDatabase.requestSerialize(RootDescribeDatabaseRequest.fromPartial({ dbName })),
  },
  {
    service: 'milvus',
    path: M.alterDatabase.path,
    valid: M.alterDatabase.requestSerialize(AlterDatabaseRequest.fromPartial(alteration)),
  },
  {
    service: 'rootCoord',
    path: R.alterDatabase.path,
    valid: R.alterDatabase.requestSerialize(RootAlterDatabaseRequest.fromPartial(alteration)),
  },
  ...onBoth(
    M.createAlias,
    R.createAlias,
    CreateAliasRequest.fromPartial({ ...base(MsgType.CreateAlias), alias, collectionName }),
  ),
  ...onBoth(
    M.alterAlias,
    R.alterAlias,
    AlterAliasRequest.fromPartial({ ...base(MsgType.AlterAlias), alias, collectionName }),
  ),
  ...onBoth(
    M.dropAlias,
    R.dropAlias,
    DropAliasRequest.fromPartial({ ...base(MsgType.DropAlias), alias }),
  ),
  ...onBoth(M.describeAlias, R.describeAlias, DescribeAliasRequest.fromPartial({ alias })),
  ...onBoth(M.listAliases, R.listAliases, ListAliasesRequest.fromPartial({ collectionName })),
];
