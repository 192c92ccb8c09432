import { setTimeout as pause } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { MilvusServiceService } from '../../../src/gen/milvus.js';
import type { ServerProcess } from '../server-process.js';
import { RawUnary } from './raw-unary.js';
import { isSuccess, statusIn } from './verdict.js';

/** How an ordinary client fared while others misbehaved. */
export interface Experience {
  readonly calls: number;
  readonly failures: number;
  readonly slowestMs: number;
}

const CALL_EVERY_MS = 20;
const { path } = MilvusServiceService.getVersion;

/** Calls the server again and again, on a connection of its own, while `misbehave` runs. */
export async function experienceDuring(
  server: ServerProcess,
  misbehave: () => Promise<void>,
): Promise<Experience> {
  const client = new RawUnary(server);
  const seen = { calls: 0, failures: 0, slowestMs: 0 };
  let isOver = false;
  const calling = (async () => {
    while (!isOver) {
      const startMs = performance.now();
      const answer = await client.call({
        service: 'milvus',
        path,
        bytes: Buffer.alloc(0),
        metadata: new Metadata(),
      });
      const isServed = answer.kind === 'response' && isSuccess(statusIn(path, answer.bytes));
      seen.calls += 1;
      seen.failures += isServed ? 0 : 1;
      seen.slowestMs = Math.max(seen.slowestMs, Math.round(performance.now() - startMs));
      await pause(CALL_EVERY_MS);
    }
  })();
  try {
    await misbehave();
  } finally {
    isOver = true;
    await calling;
    client.close();
  }
  return seen;
}
