import { credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SystemClock } from '../../../../src/adapters/clock/system-clock.js';
import { ControlServiceClient, ControlServiceService } from '../../../../src/gen/control.js';
import { watchHandler } from '../../../../src/rpc/control/watch.handler.js';
import { type RunningServer, startServer } from '../../../../src/rpc/server.js';
import { WorkLane } from '../../../../src/rpc/work-lane.js';
import { WatchReader } from '../../../kit/control-calls.js';
import { aCreate } from '../../../kit/ddl-fixtures.js';
import { eventually } from '../../../kit/eventually.js';
import { anAsker, bootRuntime, type TestRuntime } from '../../../kit/root-runtime.js';

/** Each create is two events with an image of this much, and one of them has it twice. */
const PAD_BYTES = 20_000;
const CREATES = 500;
/** What one stream of the client and the kernel may hold, with room: 64 KiB is HTTP/2's default. */
const IN_FLIGHT_BYTES_MAX = 2 * 2 ** 20;

let booted: TestRuntime;
let server: RunningServer;
let client: ControlServiceClient;

beforeAll(async () => {
  booted = await bootRuntime();
  const deps = {
    assertReady: () => undefined,
    onDefect: (_rpc: string, error: unknown) => {
      throw error;
    },
    lane: new WorkLane(new SystemClock()),
  };
  server = await startServer({
    ip: '127.0.0.1',
    port: 0,
    receiveBytesMax: 2 ** 20,
    sendBytesMax: 2 ** 24,
    services: [
      {
        name: 'rootstock.control.v1.ControlService',
        definition: ControlServiceService,
        handlers: { watch: watchHandler(deps, () => booted.root) },
      },
    ],
  });
  client = new ControlServiceClient(`127.0.0.1:${server.port}`, credentials.createInsecure());
});

afterAll(async () => {
  client.close();
  booted.runtime.abandon();
  await server.drain(1_000);
});

describe('a watcher that does not read', { timeout: 30_000 }, () => {
  it('makes the server read on only as far as the wire takes, and loses nothing', async () => {
    const { feed } = booted.root;
    const watch = new WatchReader(client, { onlyNew: true });
    await watch.begun();
    const before = feed.lastSequence;
    watch.pause();
    const properties = [{ key: 'pad', value: 'x'.repeat(PAD_BYTES) }];
    for (let i = 0; i < CREATES; i++) {
      // DDL settles whether or not anybody reads.
      await booted.root.createCollection(aCreate(`c${i}`, { properties }), anAsker());
    }
    const last = feed.lastSequence;
    expect(last - before).toBe(BigInt(2 * CREATES));
    const taken = Number(feed.slowestSequence - before);
    expect(taken * 1.5 * PAD_BYTES).toBeLessThan(IN_FLIGHT_BYTES_MAX);
    watch.resume();
    await watch.untilSequence(last);
    const sequences = watch.events.map(({ sequence }) => sequence);
    expect(sequences).toEqual(
      Array.from({ length: 2 * CREATES }, (_, i) => before + 1n + BigInt(i)),
    );
    watch.cancel();
    await eventually(
      async () => feed.watcherCount,
      (count) => count === 0,
    );
  });
});
