import { credentials, type sendUnaryData } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import {
  GetVersionRequest,
  MilvusServiceClient,
  MilvusServiceService,
} from '../../../src/gen/milvus.js';
import { startServer } from '../../../src/rpc/server.js';
import { answerOf } from '../../kit/answer-of.js';

const PATIENCE_MS = 10_000;

/** A server with one method that answers when the test says so. */
async function aServer(ip: string) {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let finish = () => {};
  const server = await startServer({
    ip,
    port: 0,
    receiveBytesMax: 1_024,
    sendBytesMax: 1_024,
    services: [
      {
        name: 'milvus.proto.milvus.MilvusService',
        definition: MilvusServiceService,
        handlers: {
          getVersion: (_call: unknown, callback: sendUnaryData<Buffer>) => {
            finish = () => callback(null, Buffer.alloc(0));
            begin();
          },
        },
      },
    ],
  });
  const host = ip === '0.0.0.0' ? '127.0.0.1' : ip;
  const client = new MilvusServiceClient(`${host}:${server.port}`, credentials.createInsecure());
  const call = answerOf((done) => client.getVersion(GetVersionRequest.create(), done)).then(
    () => 'answered',
    () => 'cut',
  );
  await begun;
  return { server, client, call, finish: () => finish() };
}

describe('draining', { timeout: PATIENCE_MS }, () => {
  it('lets a call under way finish', async () => {
    const { server, client, call, finish } = await aServer('127.0.0.1');
    const drained = server.drain(PATIENCE_MS);
    finish();
    expect(await call).toBe('answered');
    await drained;
    client.close();
  });

  it.each(['127.0.0.1', '0.0.0.0', 'localhost'])(
    'cuts a call that does not end by the deadline, bound to %s',
    async (ip) => {
      const { server, client, call } = await aServer(ip);
      await server.drain(20);
      expect(await call).toBe('cut');
      client.close();
    },
  );
});
