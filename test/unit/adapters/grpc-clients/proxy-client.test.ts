import { status as grpcStatus, type sendUnaryData } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { grpcProxyClients } from '../../../../src/adapters/grpc-clients/proxy-client.js';
import { CoordError, type ErrorName } from '../../../../src/domain/errors.js';
import { statusOf } from '../../../../src/domain/status.js';
import { ErrorCode, Status } from '../../../../src/gen/common.js';
import { InvalidateCollMetaCacheRequest, ProxyService } from '../../../../src/gen/proxy.js';
import type { ProxyClient } from '../../../../src/ports/proxy-clients.js';
import { type LoopbackServer, startLoopbackServer } from '../../../kit/loopback-server.js';
import { aProxy } from '../../../kit/simulated-proxies.js';

type Answer = (callback: sendUnaryData<Status>) => void;

const REQUEST = InvalidateCollMetaCacheRequest.fromPartial({ collectionID: 7n });
const patient = new AbortController().signal;
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A proxy behind a real server that answers every invalidation so. */
async function aServer(answer: Answer, port = 0): Promise<LoopbackServer> {
  const { invalidateCollectionMetaCache } = ProxyService;
  const server = await startLoopbackServer(
    (grpc) =>
      grpc.addService(
        { invalidateCollectionMetaCache },
        {
          invalidateCollectionMetaCache: (_call: unknown, callback: sendUnaryData<Status>) =>
            answer(callback),
        },
      ),
    port,
  );
  closers.push(server.close);
  return server;
}

function clientOf({ address }: { readonly address: string }): ProxyClient {
  const client = grpcProxyClients.connect({ ...aProxy(1n), address });
  closers.push(() => client.close());
  return client;
}

const answering =
  (status: Status): Answer =>
  (callback) =>
    callback(null, status);

describe('an invalidation', () => {
  it.each([
    ['success', Status.fromPartial({})],
    ['that the node is another', statusOf(CoordError.of('NodeNotFound'))],
    ['that there is no such call', statusOf(CoordError.of('ServiceUnimplemented'))],
  ])('is done when the proxy says %s', async (_what, status) => {
    const client = clientOf(await aServer(answering(status)));
    await expect(client.invalidate(REQUEST, patient)).resolves.toBeUndefined();
  });

  it('is done when gRPC knows no such call', async () => {
    const unimplemented: Answer = (callback) => callback({ code: grpcStatus.UNIMPLEMENTED });
    const client = clientOf(await aServer(unimplemented));
    await expect(client.invalidate(REQUEST, patient)).resolves.toBeUndefined();
  });

  it.each<[string, Status, ErrorName]>([
    ['is not ready', statusOf(CoordError.of('ServiceNotReady')), 'ServiceNotReady'],
    [
      'says only what proxies of Milvus 2.1 say',
      Status.fromPartial({ errorCode: ErrorCode.UnexpectedError, reason: 'broken' }),
      'Unexpected',
    ],
  ])('fails when the proxy %s', async (_what, status, kind) => {
    const client = clientOf(await aServer(answering(status)));
    await expect(client.invalidate(REQUEST, patient)).rejects.toMatchObject({ kind });
  });

  it('fails when nobody listens, and is done when somebody does again', async () => {
    const server = await aServer(answering(Status.fromPartial({})));
    const client = clientOf(server);
    server.close();
    await expect(client.invalidate(REQUEST, patient)).rejects.toMatchObject({
      kind: 'ServiceUnavailable',
    });
    await aServer(answering(Status.fromPartial({})), Number(server.address.split(':')[1]));
    const untilMs = performance.now() + 10_000;
    let isDone = false;
    while (!isDone && performance.now() < untilMs) {
      isDone = await client.invalidate(REQUEST, patient).then(
        () => true,
        () => false,
      );
    }
    expect(isDone).toBe(true);
  });

  it('ends with its signal, before and while it waits', async () => {
    const client = clientOf(await aServer(() => {}));
    const controller = new AbortController();
    const waiting = client.invalidate(REQUEST, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ kind: 'ServiceUnavailable' });
    await expect(client.invalidate(REQUEST, controller.signal)).rejects.toBeDefined();
  });
});
