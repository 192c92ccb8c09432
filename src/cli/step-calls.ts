import { unreachable } from '../domain/invariant.js';
import type { Status } from '../gen/common.js';
import {
  AddCollectionFieldRequest,
  AddCollectionFunctionRequest,
  AlterAliasRequest,
  AlterCollectionFieldRequest,
  AlterCollectionFunctionRequest,
  AlterCollectionRequest,
  AlterDatabaseRequest,
  CreateAliasRequest,
  CreateCollectionRequest,
  CreateDatabaseRequest,
  CreatePartitionRequest,
  DropAliasRequest,
  DropCollectionFunctionRequest,
  DropCollectionRequest,
  DropDatabaseRequest,
  DropPartitionRequest,
  type MilvusServiceClient,
  RenameCollectionRequest,
} from '../gen/milvus.js';
import { CollectionSchema, FieldSchema } from '../gen/schema.js';
import type { CreateCollectionStep, Step } from '../spec/step.js';
import type { StartCall } from './connection.js';

/** The one request a step is, ready to be sent. */
export function callOf(milvus: MilvusServiceClient, step: Step): StartCall<Status> {
  switch (step.kind) {
    case 'createDatabase':
    case 'setDatabaseProperties':
    case 'removeDatabaseProperties':
    case 'dropDatabase':
      return databaseCall(milvus, step);
    case 'renameCollection':
    case 'createCollection':
    case 'setCollectionProperties':
    case 'removeCollectionProperties':
    case 'dropCollection':
      return collectionCall(milvus, step);
    case 'addField':
    case 'setFieldParams':
    case 'removeFieldParams':
    case 'addFunction':
    case 'alterFunction':
    case 'dropFunction':
      return schemaCall(milvus, step);
    default:
      return nameCall(milvus, step);
  }
}

type Of<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

type DatabaseStep =
  | Of<'createDatabase'>
  | Of<'setDatabaseProperties'>
  | Of<'removeDatabaseProperties'>
  | Of<'dropDatabase'>;

function databaseCall(milvus: MilvusServiceClient, step: DatabaseStep): StartCall<Status> {
  const dbName = step.database;
  switch (step.kind) {
    case 'createDatabase': {
      const request = CreateDatabaseRequest.fromPartial({
        dbName,
        properties: [...step.properties],
      });
      return (...rest) => milvus.createDatabase(request, ...rest);
    }
    case 'setDatabaseProperties': {
      const request = AlterDatabaseRequest.fromPartial({
        dbName,
        properties: [...step.properties],
      });
      return (...rest) => milvus.alterDatabase(request, ...rest);
    }
    case 'removeDatabaseProperties': {
      const request = AlterDatabaseRequest.fromPartial({ dbName, deleteKeys: [...step.keys] });
      return (...rest) => milvus.alterDatabase(request, ...rest);
    }
    case 'dropDatabase': {
      const request = DropDatabaseRequest.fromPartial({ dbName });
      return (...rest) => milvus.dropDatabase(request, ...rest);
    }
    default:
      return unreachable(step);
  }
}

type CollectionStep =
  | Of<'renameCollection'>
  | CreateCollectionStep
  | Of<'setCollectionProperties'>
  | Of<'removeCollectionProperties'>
  | Of<'dropCollection'>;

function collectionCall(milvus: MilvusServiceClient, step: CollectionStep): StartCall<Status> {
  const subject = { dbName: step.database, collectionName: step.collection };
  switch (step.kind) {
    case 'renameCollection': {
      const request = RenameCollectionRequest.fromPartial({
        dbName: step.database,
        oldName: step.collection,
        newName: step.newName,
        newDBName: step.newDatabase,
      });
      return (...rest) => milvus.renameCollection(request, ...rest);
    }
    case 'createCollection': {
      const request = createRequest(step);
      return (...rest) => milvus.createCollection(request, ...rest);
    }
    case 'setCollectionProperties': {
      const properties = [...step.properties];
      const request = AlterCollectionRequest.fromPartial({ ...subject, properties });
      return (...rest) => milvus.alterCollection(request, ...rest);
    }
    case 'removeCollectionProperties': {
      const request = AlterCollectionRequest.fromPartial({
        ...subject,
        deleteKeys: [...step.keys],
      });
      return (...rest) => milvus.alterCollection(request, ...rest);
    }
    case 'dropCollection': {
      const request = DropCollectionRequest.fromPartial(subject);
      return (...rest) => milvus.dropCollection(request, ...rest);
    }
    default:
      return unreachable(step);
  }
}

const createRequest = (step: CreateCollectionStep): CreateCollectionRequest =>
  CreateCollectionRequest.fromPartial({
    dbName: step.database,
    collectionName: step.collection,
    schema: CollectionSchema.encode(step.schema).finish(),
    shardsNum: step.shardsNum,
    consistencyLevel: step.consistencyLevel,
    numPartitions: step.numPartitions,
    properties: [...step.properties],
  });

type SchemaStep =
  | Of<'addField'>
  | Of<'setFieldParams'>
  | Of<'removeFieldParams'>
  | Of<'addFunction' | 'alterFunction'>
  | Of<'dropFunction'>;

function schemaCall(milvus: MilvusServiceClient, step: SchemaStep): StartCall<Status> {
  const subject = { dbName: step.database, collectionName: step.collection };
  switch (step.kind) {
    case 'addField': {
      const schema = FieldSchema.encode(step.field).finish();
      const request = AddCollectionFieldRequest.fromPartial({ ...subject, schema });
      return (...rest) => milvus.addCollectionField(request, ...rest);
    }
    case 'setFieldParams': {
      const change = { fieldName: step.field, properties: [...step.properties] };
      const request = AlterCollectionFieldRequest.fromPartial({ ...subject, ...change });
      return (...rest) => milvus.alterCollectionField(request, ...rest);
    }
    case 'removeFieldParams': {
      const change = { fieldName: step.field, deleteKeys: [...step.keys] };
      const request = AlterCollectionFieldRequest.fromPartial({ ...subject, ...change });
      return (...rest) => milvus.alterCollectionField(request, ...rest);
    }
    case 'addFunction': {
      const change = { functionSchema: step.fn };
      const request = AddCollectionFunctionRequest.fromPartial({ ...subject, ...change });
      return (...rest) => milvus.addCollectionFunction(request, ...rest);
    }
    case 'alterFunction': {
      const change = { functionName: step.fn.name, functionSchema: step.fn };
      const request = AlterCollectionFunctionRequest.fromPartial({ ...subject, ...change });
      return (...rest) => milvus.alterCollectionFunction(request, ...rest);
    }
    case 'dropFunction': {
      const change = { functionName: step.name };
      const request = DropCollectionFunctionRequest.fromPartial({ ...subject, ...change });
      return (...rest) => milvus.dropCollectionFunction(request, ...rest);
    }
    default:
      return unreachable(step);
  }
}

type NameStep =
  | Of<'createPartition' | 'dropPartition'>
  | Of<'createAlias' | 'alterAlias' | 'dropAlias'>;

/** Partitions and aliases, which are nothing but names. */
function nameCall(milvus: MilvusServiceClient, step: NameStep): StartCall<Status> {
  const subject = { dbName: step.database, collectionName: step.collection };
  switch (step.kind) {
    case 'createPartition': {
      const partitionName = step.partition;
      const request = CreatePartitionRequest.fromPartial({ ...subject, partitionName });
      return (...rest) => milvus.createPartition(request, ...rest);
    }
    case 'dropPartition': {
      const partitionName = step.partition;
      const request = DropPartitionRequest.fromPartial({ ...subject, partitionName });
      return (...rest) => milvus.dropPartition(request, ...rest);
    }
    case 'createAlias': {
      const request = CreateAliasRequest.fromPartial({ ...subject, alias: step.alias });
      return (...rest) => milvus.createAlias(request, ...rest);
    }
    case 'alterAlias': {
      const request = AlterAliasRequest.fromPartial({ ...subject, alias: step.alias });
      return (...rest) => milvus.alterAlias(request, ...rest);
    }
    case 'dropAlias': {
      const request = DropAliasRequest.fromPartial({ dbName: step.database, alias: step.alias });
      return (...rest) => milvus.dropAlias(request, ...rest);
    }
    default:
      return unreachable(step);
  }
}
