import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { create, createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { credentials, makeClientConstructor, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ServerReflectionClient,
  ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionService,
} from '../../../src/gen/grpc/reflection/v1/reflection.js';
import { MilvusServiceService } from '../../../src/gen/milvus.js';
import { RootCoordService } from '../../../src/gen/root_coord.js';
import { addHealth } from '../../../src/rpc/health.js';
import { addReflection } from '../../../src/rpc/reflection.js';
import { unimplementedHandlers } from '../../../src/rpc/unimplemented.js';
import {
  type LoopbackServer,
  rawDefinition,
  startLoopbackServer,
} from '../../kit/loopback-server.js';

const MILVUS = 'milvus.proto.milvus.MilvusService';
const ROOT_COORD = 'milvus.proto.rootcoord.RootCoord';
const HEALTH = 'grpc.health.v1.Health';

let server: LoopbackServer;
let client: ServerReflectionClient;

beforeAll(async () => {
  server = await startLoopbackServer((made) => {
    for (const definition of [MilvusServiceService, RootCoordService]) {
      made.addService(rawDefinition(definition), unimplementedHandlers(definition, new Set()));
    }
    addHealth(made).setServing('', true);
    addReflection(made, [MILVUS, ROOT_COORD, HEALTH]);
  });
  client = new ServerReflectionClient(server.address, credentials.createInsecure());
});

afterAll(() => {
  client.close();
  server.close();
});

type Question = Parameters<typeof ServerReflectionRequest.create>[0];

async function ask(question: Question, asked = client): Promise<ServerReflectionResponse> {
  const stream = asked.serverReflectionInfo();
  stream.write(ServerReflectionRequest.create(question));
  const [response] = await once(stream, 'data');
  stream.end();
  return response;
}

async function filesFor(question: Question): Promise<FileDescriptorProto[]> {
  const { fileDescriptorResponse, errorResponse } = await ask(question);
  expect(errorResponse).toBeUndefined();
  return (fileDescriptorResponse?.fileDescriptorProto ?? []).map((bytes) =>
    fromBinary(FileDescriptorProtoSchema, bytes),
  );
}

describe('server reflection', () => {
  it('lists the services the server registered, in both versions of the protocol', async () => {
    const names = (response: ServerReflectionResponse) =>
      response.listServicesResponse?.service.map(({ name }) => name);
    expect(names(await ask({ listServices: '*' }))).toEqual([MILVUS, ROOT_COORD, HEALTH]);

    const { serverReflectionInfo } = ServerReflectionService;
    const path = '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo';
    const Older = makeClientConstructor(
      { serverReflectionInfo: { ...serverReflectionInfo, path } },
      'Older',
    );
    const older = new Older(server.address, credentials.createInsecure());
    const stream = older.makeBidiStreamRequest(
      path,
      serverReflectionInfo.requestSerialize,
      serverReflectionInfo.responseDeserialize,
    );
    stream.write(ServerReflectionRequest.create({ listServices: '*' }));
    const [response] = await once(stream, 'data');
    stream.end();
    expect(names(response)).toEqual([MILVUS, ROOT_COORD, HEALTH]);
    older.close();
  });

  it.each([
    ['a service', ROOT_COORD, 'root_coord.proto'],
    ['a method', `${ROOT_COORD}.CreateCollection`, 'root_coord.proto'],
    ['a message', 'milvus.proto.common.MsgBase', 'common.proto'],
    ['an enum', 'milvus.proto.schema.DataType', 'schema.proto'],
    ['a nested message', 'milvus.proto.milvus.AlterCollectionSchemaRequest.Action', 'milvus.proto'],
    ['the health service', HEALTH, 'grpc/health/v1/health.proto'],
  ])('finds the file of %s', async (_kind, symbol, file) => {
    const [first] = await filesFor({ fileContainingSymbol: symbol });
    expect(first?.name).toBe(file);
  });

  it('answers a file with all it imports, each once, so that a client can link them', async () => {
    const files = await filesFor({ fileByFilename: 'root_coord.proto' });
    const names = files.map(({ name }) => name);
    expect(names[0]).toBe('root_coord.proto');
    expect(new Set(names).size).toBe(names.length);
    const linked = createFileRegistry(create(FileDescriptorSetSchema, { file: files.reverse() }));
    expect(linked.getService(ROOT_COORD)?.methods.length).toBeGreaterThan(80);
    expect(linked.getMessage('milvus.proto.common.MsgBase')?.field.properties).toMatchObject({
      fieldKind: 'map',
    });
  });

  it.each([
    { fileByFilename: 'nowhere.proto' },
    { fileContainingSymbol: 'milvus.proto.common.Nothing' },
    { fileContainingSymbol: `${ROOT_COORD}.Nothing` },
    { fileContainingSymbol: '' },
    { allExtensionNumbersOfType: 'milvus.proto.common.Nothing' },
    { fileContainingExtension: { containingType: 'milvus.proto.common.MsgBase' } },
  ])('answers NOT_FOUND inside the stream for %o', async (question) => {
    const { errorResponse } = await ask(question);
    expect(errorResponse?.errorCode).toBe(status.NOT_FOUND);
  });

  it('goes on answering after an error, and repeats each question', async () => {
    const stream = client.serverReflectionInfo();
    const answers: ServerReflectionResponse[] = [];
    stream.on('data', (response: ServerReflectionResponse) => answers.push(response));
    stream.write(ServerReflectionRequest.create({ fileByFilename: 'nowhere.proto', host: 'h' }));
    stream.write(
      ServerReflectionRequest.create({ allExtensionNumbersOfType: 'milvus.proto.common.Status' }),
    );
    stream.write(ServerReflectionRequest.create({}));
    stream.end();
    await once(stream, 'end');
    expect(answers.map(({ errorResponse }) => errorResponse?.errorCode)).toEqual([
      status.NOT_FOUND,
      undefined,
      status.INVALID_ARGUMENT,
    ]);
    expect(answers[0]).toMatchObject({
      validHost: 'h',
      originalRequest: { fileByFilename: 'nowhere.proto' },
    });
  });
});

const bufProgram = fileURLToPath(new URL('../../../node_modules/.bin/buf', import.meta.url));

/** Calls the server the way an operator would, knowing nothing but its address. */
async function bufCurl(path: string, ...options: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(bufProgram, [
    'curl',
    '--protocol',
    'grpc',
    '--http2-prior-knowledge',
    ...options,
    `http://${server.address}${path}`,
  ]);
  return stdout;
}

describe('a generic client (buf curl)', () => {
  it('lists services and their methods', async () => {
    expect((await bufCurl('', '--list-services')).split('\n').filter(Boolean).sort()).toEqual(
      [HEALTH, MILVUS, ROOT_COORD].sort(),
    );
    expect(await bufCurl('', '--list-methods')).toContain(`${ROOT_COORD}/AllocTimestamp\n`);
  });

  it('calls a method whose messages hold maps, by reflection alone', async () => {
    const answer = await bufCurl(
      `/${MILVUS}/DescribeCollection`,
      '--data',
      '{"base": {"properties": {"a": "b"}}, "collection_name": "orders"}',
    );
    expect(JSON.parse(answer)).toMatchObject({
      status: { code: 10, reason: expect.stringContaining('DescribeCollection') },
    });
  });

  it('asks for health', async () => {
    const answer = await bufCurl(`/${HEALTH}/Check`, '--data', '{}');
    expect(JSON.parse(answer)).toEqual({ status: 'SERVING' });
  });
});
