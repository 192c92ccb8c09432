import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/gen/common.js';
import {
  AlterCollectionSchemaRequest,
  CreateCollectionRequest,
  DummyRequest,
  DumpMessagesRequest,
  GetComponentStatesRequest,
  InsertRequest,
  MilvusServiceClient,
  MilvusServiceService,
  RegisterLinkRequest,
  SearchRequest,
} from '../../../src/gen/milvus.js';
import { unimplementedHandlers } from '../../../src/rpc/unimplemented.js';
import {
  type LoopbackServer,
  rawDefinition,
  startLoopbackServer,
} from '../../kit/loopback-server.js';

let server: LoopbackServer;
let client: MilvusServiceClient;

beforeAll(async () => {
  server = await startLoopbackServer((made) =>
    made.addService(
      rawDefinition(MilvusServiceService),
      unimplementedHandlers(MilvusServiceService, new Set()),
    ),
  );
  client = new MilvusServiceClient(server.address, credentials.createInsecure());
});

afterAll(() => {
  client.close();
  server.close();
});

type Done<T> = (error: ServiceError | null, response: T) => void;

const answerOf = <T>(call: (done: Done<T>) => unknown): Promise<T> =>
  new Promise((resolve, reject) => {
    call((error, response) => (error === null ? resolve(response) : reject(error)));
  });

const refusalOf = (rpc: string) => ({
  errorCode: ErrorCode.UnexpectedError,
  code: 10,
  retriable: false,
  reason: expect.stringMatching(new RegExp(`^${rpc}: service unimplemented: \\w.*\\w$`)),
  detail: expect.stringMatching(new RegExp(`^${rpc}: service unimplemented: `)),
});

describe('an RPC that is not built', () => {
  it('answers a whole Status with code 10 where that is the response', async () => {
    const answer = await answerOf<unknown>((done) =>
      client.createCollection(CreateCollectionRequest.create(), done),
    );
    expect(answer).toMatchObject(refusalOf('CreateCollection'));
  });

  it('answers inside the status field of its response, so that data-plane SDK calls fail well', async () => {
    const search = await answerOf<unknown>((done) => client.search(SearchRequest.create(), done));
    const insert = await answerOf<unknown>((done) => client.insert(InsertRequest.create(), done));
    expect(search).toMatchObject({ status: refusalOf('Search') });
    expect(insert).toMatchObject({ status: refusalOf('Insert') });
  });

  it('finds the status where it is not field 1', async () => {
    const states = await answerOf<unknown>((done) =>
      client.getComponentStates(GetComponentStatesRequest.create(), done),
    );
    const link = await answerOf<unknown>((done) =>
      client.registerLink(RegisterLinkRequest.create(), done),
    );
    expect(states).toMatchObject({ status: refusalOf('GetComponentStates') });
    expect(link).toMatchObject({ status: refusalOf('RegisterLink') });
  });

  it('is gRPC UNIMPLEMENTED where the response has no status', async () => {
    const dummy = answerOf((done) => client.dummy(DummyRequest.create(), done));
    await expect(dummy).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
      details: expect.stringMatching(/^Dummy: service unimplemented: /),
    });
  });

  it('is gRPC UNIMPLEMENTED where SDKs fall back to an older call', async () => {
    const altered = answerOf((done) =>
      client.alterCollectionSchema(AlterCollectionSchemaRequest.create(), done),
    );
    await expect(altered).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  });

  it('is gRPC UNIMPLEMENTED on streams of either kind', async () => {
    const codeOf = (stream: { once(event: 'error', heard: (error: ServiceError) => void): void }) =>
      new Promise((resolve) => {
        stream.once('error', (error) => resolve(error.code));
      });
    const dumped = client.dumpMessages(DumpMessagesRequest.create());
    dumped.resume();
    expect(await codeOf(dumped)).toBe(status.UNIMPLEMENTED);
    const replicated = client.createReplicateStream();
    replicated.resume();
    expect(await codeOf(replicated)).toBe(status.UNIMPLEMENTED);
  });
});

describe('unimplementedHandlers', () => {
  it('leaves out what is built and answers everything else', () => {
    const handlers = unimplementedHandlers(MilvusServiceService, new Set(['createCollection']));
    expect(Object.keys(handlers)).toHaveLength(Object.keys(MilvusServiceService).length - 1);
    expect(handlers).not.toHaveProperty('createCollection');
  });

  it('refuses to start with a built method that the service does not have', () => {
    const misspelt = new Set(['createColection']);
    expect(() => unimplementedHandlers(MilvusServiceService, misspelt)).toThrow(/createColection/);
  });

  it('covers every unary RPC of MilvusService in the shape its response has', async () => {
    const shapes = { status: 0, 'status field': 0 };
    const failed: string[] = [];
    for (const [key, method] of Object.entries(MilvusServiceService)) {
      if (method.requestStream || method.responseStream) continue;
      try {
        shapes[shapeOfRefusal(await askRaw(method))] += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: status.UNIMPLEMENTED });
        failed.push(key);
      }
    }
    expect(failed.sort()).toEqual(['alterCollectionSchema', 'dummy', 'getReplicateInfo']);
    expect(shapes).toEqual({ status: 58, 'status field': 87 });
  });
});

interface UnaryMethod {
  readonly path: string;
  readonly responseDeserialize: (bytes: Buffer) => object;
}

/** Calls an RPC with an empty request, whatever its type. */
const askRaw = ({ path, responseDeserialize }: UnaryMethod): Promise<object | undefined> =>
  new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      (bytes: Buffer) => bytes,
      responseDeserialize,
      Buffer.alloc(0),
      (error, response) => (error === null ? resolve(response) : reject(error)),
    );
  });

function shapeOfRefusal(response: object | undefined): 'status' | 'status field' {
  const inField = response !== undefined && 'status' in response;
  const body = inField ? response.status : response;
  expect(body).toMatchObject({ errorCode: ErrorCode.UnexpectedError, code: 10 });
  return inField ? 'status field' : 'status';
}
