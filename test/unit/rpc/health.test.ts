import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  HealthCheckRequest,
  HealthClient,
  HealthCheckResponse_ServingStatus as Serving,
} from '../../../src/gen/grpc/health/v1/health.js';
import { addHealth, type Health } from '../../../src/rpc/health.js';
import { type LoopbackServer, startLoopbackServer } from '../../kit/loopback-server.js';

let server: LoopbackServer;
let client: HealthClient;
let health: Health;

beforeAll(async () => {
  server = await startLoopbackServer((made) => {
    health = addHealth(made);
  });
  client = new HealthClient(server.address, credentials.createInsecure());
});

afterAll(() => {
  client.close();
  server.close();
});

const check = (service: string): Promise<Serving> =>
  new Promise((resolve, reject) => {
    client.check(HealthCheckRequest.create({ service }), (error: ServiceError | null, response) =>
      error === null ? resolve(response.status) : reject(error),
    );
  });

describe('health', () => {
  it('says the server is not serving until it is told otherwise', async () => {
    expect(await check('')).toBe(Serving.NOT_SERVING);
    health.setServing('', true);
    expect(await check('')).toBe(Serving.SERVING);
  });

  it('keeps each service apart, and does not know the ones nobody spoke of', async () => {
    health.setServing('milvus.proto.rootcoord.RootCoord', false);
    health.setServing('milvus.proto.milvus.MilvusService', true);
    expect(await check('milvus.proto.rootcoord.RootCoord')).toBe(Serving.NOT_SERVING);
    expect(await check('milvus.proto.milvus.MilvusService')).toBe(Serving.SERVING);
    await expect(check('no.such.Service')).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  it('tells a watcher each change, starting with the present', async () => {
    health.setServing('watched', false);
    const watch = client.watch(HealthCheckRequest.create({ service: 'watched' }));
    watch.on('error', () => undefined);
    const heard: Serving[] = [];
    for await (const { status: state } of watch) {
      heard.push(state);
      if (heard.length === 3) break;
      health.setServing('watched', heard.length === 1);
    }
    expect(heard).toEqual([Serving.NOT_SERVING, Serving.SERVING, Serving.NOT_SERVING]);
  });
});
