import {
  credentials,
  Metadata,
  type ServiceDefinition,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { performSteps } from '../../../src/cli/perform-steps.js';
import { callOf } from '../../../src/cli/step-calls.js';
import { Status } from '../../../src/gen/common.js';
import { MilvusServiceClient, MilvusServiceService } from '../../../src/gen/milvus.js';
import { CollectionSchema, FieldSchema, FunctionSchema } from '../../../src/gen/schema.js';
import type { Step, StepKind } from '../../../src/spec/step.js';
import { answerOf } from '../../kit/answer-of.js';
import { type LoopbackServer, startLoopbackServer } from '../../kit/loopback-server.js';
import { plain } from '../../kit/plain.js';

const place = { database: 'shop', collection: 'books' };
const properties = [{ key: 'p', value: '1' }];
const subject = { dbName: 'shop', collectionName: 'books' };
const schema = CollectionSchema.fromPartial({ name: 'books' });
const field = FieldSchema.fromPartial({ name: 'note' });
const fn = FunctionSchema.fromPartial({ name: 'f' });

/** Every kind of step, the call it is, and what the call carries. */
const table: readonly (readonly [step: Step, call: string, request: object])[] = [
  [
    { kind: 'createDatabase', database: 'shop', properties },
    'createDatabase',
    { dbName: 'shop', properties },
  ],
  [
    { kind: 'setDatabaseProperties', database: 'shop', properties },
    'alterDatabase',
    { dbName: 'shop', properties, deleteKeys: [] },
  ],
  [
    { kind: 'removeDatabaseProperties', database: 'shop', keys: ['p'] },
    'alterDatabase',
    { properties: [], deleteKeys: ['p'] },
  ],
  [{ kind: 'dropDatabase', database: 'shop' }, 'dropDatabase', { dbName: 'shop' }],
  [
    { kind: 'renameCollection', ...place, newDatabase: 'attic', newName: 'tomes' },
    'renameCollection',
    { dbName: 'shop', oldName: 'books', newName: 'tomes', newDBName: 'attic' },
  ],
  [
    {
      kind: 'createCollection',
      ...place,
      schema,
      shardsNum: 2,
      consistencyLevel: 1,
      numPartitions: 4,
      properties,
    },
    'createCollection',
    {
      ...subject,
      shardsNum: 2,
      consistencyLevel: 1,
      numPartitions: 4n,
      properties,
      schema: Buffer.from(CollectionSchema.encode(schema).finish()),
    },
  ],
  [
    { kind: 'setCollectionProperties', ...place, properties },
    'alterCollection',
    { ...subject, properties, deleteKeys: [] },
  ],
  [
    { kind: 'removeCollectionProperties', ...place, keys: ['p'] },
    'alterCollection',
    { ...subject, deleteKeys: ['p'] },
  ],
  [{ kind: 'dropCollection', ...place }, 'dropCollection', subject],
  [
    { kind: 'addField', ...place, field },
    'addCollectionField',
    { ...subject, schema: Buffer.from(FieldSchema.encode(field).finish()) },
  ],
  [
    { kind: 'setFieldParams', ...place, field: 'note', properties },
    'alterCollectionField',
    { ...subject, fieldName: 'note', properties },
  ],
  [
    { kind: 'removeFieldParams', ...place, field: 'note', keys: ['p'] },
    'alterCollectionField',
    { fieldName: 'note', deleteKeys: ['p'] },
  ],
  [
    { kind: 'addFunction', ...place, fn },
    'addCollectionFunction',
    { ...subject, functionSchema: fn },
  ],
  [
    { kind: 'alterFunction', ...place, fn },
    'alterCollectionFunction',
    { functionName: 'f', functionSchema: fn },
  ],
  [{ kind: 'dropFunction', ...place, name: 'f' }, 'dropCollectionFunction', { functionName: 'f' }],
  [
    { kind: 'createPartition', ...place, partition: 'a' },
    'createPartition',
    { ...subject, partitionName: 'a' },
  ],
  [
    { kind: 'dropPartition', ...place, partition: 'a' },
    'dropPartition',
    { ...subject, partitionName: 'a' },
  ],
  [{ kind: 'createAlias', ...place, alias: 'x' }, 'createAlias', { ...subject, alias: 'x' }],
  [{ kind: 'alterAlias', ...place, alias: 'x' }, 'alterAlias', { ...subject, alias: 'x' }],
  [{ kind: 'dropAlias', ...place, alias: 'x' }, 'dropAlias', { dbName: 'shop', alias: 'x' }],
];

describe('a step', () => {
  const received: [string, object][] = [];
  let server: LoopbackServer;
  let milvus: MilvusServiceClient;

  beforeAll(async () => {
    const definition: ServiceDefinition = MilvusServiceService;
    const handlers = Object.keys(definition).map((name): [string, UntypedHandleCall] => [
      name,
      (call: { request: object }, done: (error: null, status: Status) => void) => {
        received.push([name, call.request]);
        done(null, Status.create());
      },
    ]);
    server = await startLoopbackServer((it) =>
      it.addService(definition, Object.fromEntries(handlers)),
    );
    milvus = new MilvusServiceClient(server.address, credentials.createInsecure());
  });

  afterAll(() => {
    milvus.close();
    server.close();
  });

  it.each(table)('is one request: %o', async (step, call, request) => {
    received.length = 0;
    await answerOf<Status>((done) => callOf(milvus, step)(new Metadata(), {}, done));
    expect(received.map(([name]) => name)).toEqual([call]);
    expect(plain(received[0]?.[1])).toMatchObject(Object(plain(request)));
  });
});

const steps = (kind: 'createPartition' | 'createAlias', ...names: string[]): Step[] =>
  names.map((name): Step => {
    const [collection = '', part = ''] = name.split('.');
    const at = { database: 'shop', collection };
    return kind === 'createPartition'
      ? { kind, ...at, partition: part }
      : { kind, ...at, alias: part };
  });

describe('performSteps', () => {
  it('ends a stage before the next one begins, and keeps the order in one collection', async () => {
    const begun: Step[] = [];
    const ended = new Set<Step>();
    const stages: StepKind[] = ['createPartition', 'createAlias'];
    const all = [
      ...steps('createAlias', 'a.x', 'b.y'),
      ...steps('createPartition', 'a.p', 'b.p', 'a.q', 'a.r'),
    ];
    const failed = await performSteps(all, {
      perform: async (step) => {
        begun.push(step);
        const before = all.filter((each) => stages.indexOf(each.kind) < stages.indexOf(step.kind));
        expect(before.every((each) => ended.has(each))).toBe(true);
        await Promise.resolve();
        ended.add(step);
      },
      onDone: () => Promise.resolve(),
    });
    expect(failed).toEqual([]);
    expect(ended.size).toBe(all.length);
    const ofA = begun.flatMap((step) =>
      'partition' in step && step.collection === 'a' ? [step.partition] : [],
    );
    expect(ofA).toEqual(['p', 'q', 'r']);
  });

  it('performs at most sixteen at once', async () => {
    let underWay = 0;
    let most = 0;
    const names = Array.from({ length: 100 }, (_, i) => `c${i}.p`);
    await performSteps(steps('createPartition', ...names), {
      perform: async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise(setImmediate);
        underWay -= 1;
      },
      onDone: () => Promise.resolve(),
    });
    expect(most).toBe(16);
  });

  it('begins nothing after a failure', async () => {
    const done: Step[] = [];
    const [first, second, third] = steps('createPartition', 'a.p', 'a.q', 'a.r');
    const [alias] = steps('createAlias', 'a.x');
    const failed = await performSteps(
      [first, second, third, alias].flatMap((it) => it ?? []),
      {
        perform: (step) => (step === second ? Promise.reject(new Error('no')) : Promise.resolve()),
        onDone: (step) => Promise.resolve(void done.push(step)),
      },
    );
    expect(failed).toEqual([{ step: second, reason: new Error('no') }]);
    expect(done).toEqual([first]);
  });
});
