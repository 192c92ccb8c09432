import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  HealthCheckRequest,
  HealthClient,
  HealthListRequest,
  type HealthListResponse,
  HealthCheckResponse_ServingStatus as Serving,
} from '../../../src/gen/grpc/health/v1/health.js';
import { addHealth, type Health } from '../../../src/rpc/health.js';
import { answerOf } from '../../kit/answer-of.js';
import { eventually } from '../../kit/eventually.js';
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

  it('lists every service somebody spoke of', async () => {
    health.setServing('listed', true);
    const { statuses } = await answerOf<HealthListResponse>((done) =>
      client.list(HealthListRequest.create(), done),
    );
    expect(statuses).toMatchObject({ listed: { status: Serving.SERVING } });
  });

  it('tells a watcher of a service nobody spoke of once somebody does', async () => {
    const watch = client.watch(HealthCheckRequest.create({ service: 'later' }));
    watch.on('error', () => undefined);
    const heard: Serving[] = [];
    for await (const { status: state } of watch) {
      heard.push(state);
      if (heard.length === 2) break;
      health.setServing('later', true);
    }
    expect(heard).toEqual([Serving.SERVICE_UNKNOWN, Serving.SERVING]);
  });

  it('refuses a question that is longer than any name, instead of repeating it', async () => {
    await expect(check('x'.repeat(1_025))).rejects.toMatchObject({ code: status.INTERNAL });
    await expect(check('x'.repeat(1_024))).rejects.toMatchObject({
      code: status.NOT_FOUND,
      details: 'the service is not known',
    });
  });

  it('refuses more watches than load balancers need, until one of them ends', async () => {
    const fresh = await startLoopbackServer((made) => addHealth(made).setServing('', true));
    const asked = new HealthClient(fresh.address, credentials.createInsecure());
    const watches = Array.from({ length: 1_024 }, () => watchOf(asked));
    await Promise.all(watches.map(({ first }) => first));
    await expect(watchOf(asked).first).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    watches[0]?.cancel();
    await eventually(
      () => watchOf(asked).first.catch(() => undefined),
      (state) => state === Serving.SERVING,
    );
    asked.close();
    fresh.close();
  });
});

/** A watch of the whole server, with the first thing it hears. */
function watchOf(asked: HealthClient) {
  const watch = asked.watch(HealthCheckRequest.create());
  const first = new Promise<Serving>((resolve, reject) => {
    watch.once('data', ({ status: state }) => resolve(state));
    watch.on('error', reject);
  });
  return { first, cancel: () => watch.cancel() };
}
