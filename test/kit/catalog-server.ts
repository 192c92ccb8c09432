import type {
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedHandleCall,
} from '@grpc/grpc-js';
import { normaliseSchema } from '../../src/domain/schema/normalise-schema.js';
import { Status } from '../../src/gen/common.js';
import {
  ControlServiceService,
  Image,
  type SnapshotRequest,
  SnapshotResponse,
  type WatchRequest,
  type WatchResponse,
} from '../../src/gen/control.js';
import { MilvusServiceService } from '../../src/gen/milvus.js';
import { CollectionSchema, FieldSchema } from '../../src/gen/schema.js';
import { type ActualState, toPairs } from '../../src/spec/catalog-state.js';
import type { Step } from '../../src/spec/step.js';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.js';
import { applyStep } from './spec-model.js';

/** Requests as far as steps fill them in. */
interface Request {
  readonly dbName: string;
  readonly collectionName: string;
  readonly [field: string]: unknown;
}

type ToStep = (request: never) => Step;

const place = ({ dbName, collectionName }: Request) => ({
  database: dbName,
  collection: collectionName,
});

/** What a request asks for, as the step it came from. */
const TO_STEP: Readonly<Record<string, ToStep>> = {
  createDatabase: (it: Request & { properties: [] }) => ({
    kind: 'createDatabase',
    database: it.dbName,
    properties: it.properties,
  }),
  createCollection: (
    it: Request & { schema: Uint8Array; shardsNum: number; numPartitions: bigint; properties: [] },
  ) => ({
    kind: 'createCollection',
    ...place(it),
    schema: CollectionSchema.decode(it.schema),
    shardsNum: it.shardsNum,
    consistencyLevel: 2,
    numPartitions: Number(it.numPartitions),
    properties: it.properties,
  }),
  alterCollection: (it: Request & { properties: [] }) => ({
    kind: 'setCollectionProperties',
    ...place(it),
    properties: it.properties,
  }),
  addCollectionField: (it: Request & { schema: Uint8Array }) => ({
    kind: 'addField',
    ...place(it),
    field: FieldSchema.decode(it.schema),
  }),
  dropCollection: (it: Request) => ({ kind: 'dropCollection', ...place(it) }),
  createPartition: (it: Request & { partitionName: string }) => ({
    kind: 'createPartition',
    ...place(it),
    partition: it.partitionName,
  }),
  createAlias: (it: Request & { alias: string }) => ({
    kind: 'createAlias',
    ...place(it),
    alias: it.alias,
  }),
};

/** A real gRPC server over the model: its catalog changes by DDL and is told by snapshots. */
export class CatalogServer {
  state: ActualState = new Map([
    ['default', { name: 'default', properties: new Map(), collections: new Map() }],
  ]);
  /** How many DDL requests are still taken; those after are refused. */
  ddlLeft = Infinity;
  /** What a watch is answered with. */
  onWatch: (call: ServerWritableStream<WatchRequest, WatchResponse>) => void = () => undefined;

  start(): Promise<LoopbackServer> {
    const ddl = Object.entries(TO_STEP).map(([name, toStep]) => [name, this.#ddl(toStep)]);
    const unused: UntypedHandleCall = () => undefined;
    const all = Object.keys(MilvusServiceService).map((name) => [name, unused]);
    return startLoopbackServer((server) => {
      server.addService(MilvusServiceService, Object.fromEntries([...all, ...ddl]));
      server.addService(ControlServiceService, {
        snapshot: (call: ServerWritableStream<SnapshotRequest, SnapshotResponse>) => {
          call.write(SnapshotResponse.create({ objects: imagesOf(this.state), sequence: 1n }));
          call.end();
        },
        watch: (call: ServerWritableStream<WatchRequest, WatchResponse>) => this.onWatch(call),
        listCollections: unused,
        listDropped: unused,
        undropCollection: unused,
        undropPartition: unused,
      });
    });
  }

  #ddl(toStep: ToStep) {
    return (call: ServerUnaryCall<never, Status>, done: sendUnaryData<Status>): void => {
      this.ddlLeft -= 1;
      if (this.ddlLeft < 0) {
        done(null, Status.create({ code: 5, errorCode: 1, reason: 'no more today' }));
        return;
      }
      this.state = applyStep(this.state, toStep(call.request));
      done(null, Status.create());
    };
  }
}

function imagesOf(state: ActualState): Image[] {
  const databases: Image[] = [];
  const collections: Image[] = [];
  const aliases: Image[] = [];
  for (const [at, database] of [...state.values()].entries()) {
    const id = BigInt(at + 1);
    const properties = toPairs(database.properties);
    databases.push(Image.fromPartial({ database: { id, name: database.name, properties } }));
    for (const it of database.collections.values()) {
      const ID = id * 1_000_000n + BigInt(collections.length);
      const schema = normaliseSchema(it.schema);
      const info = { ...it, schema, ID, dbId: id, properties: toPairs(it.properties) };
      const partitions = ['_default', ...it.partitions].map((partitionName) => ({ partitionName }));
      collections.push(Image.fromPartial({ collection: { info, partitions } }));
      for (const aliasName of it.aliases) {
        aliases.push(Image.fromPartial({ alias: { aliasName, collectionId: ID, dbId: id } }));
      }
    }
  }
  return [...databases, ...collections, ...aliases];
}
