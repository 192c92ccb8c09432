import { credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SystemClock } from '../../../../src/adapters/clock/system-clock.js';
import {
  ControlServiceClient,
  ControlServiceService,
  SnapshotRequest,
  SnapshotResponse,
} from '../../../../src/gen/control.js';
import { snapshotHandler } from '../../../../src/rpc/control/snapshot.handler.js';
import { type RunningServer, startServer } from '../../../../src/rpc/server.js';
import { WorkLane } from '../../../../src/rpc/work-lane.js';
import { aCreate } from '../../../kit/ddl-fixtures.js';
import { anAsker, bootRuntime, type TestRuntime } from '../../../kit/root-runtime.js';

/** Nearly the largest there can be: a create holds it three times in one transaction of 1.5 MiB. */
const GIANT_BYTES = 450 * 1024;
const GIANTS = 8;
const DWARFS = 500;

/** What any client takes that does not say how much (gRPC's default). */
const RECEIVE_BYTES_MAX = 4 * 2 ** 20;
/** A message ends with the object that fills it. */
const MESSAGE_BYTES_MAX = GIANT_BYTES + 2 ** 17;

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
    sendBytesMax: RECEIVE_BYTES_MAX,
    services: [
      {
        name: 'rootstock.control.v1.ControlService',
        definition: ControlServiceService,
        handlers: { snapshot: snapshotHandler(deps, () => booted.root) },
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

const create = (name: string, padBytes: number) =>
  booted.root.createCollection(
    aCreate(name, { properties: [{ key: 'pad', value: 'x'.repeat(padBytes) }] }),
    anAsker(),
  );

describe('a snapshot', { timeout: 30_000 }, () => {
  it('comes in messages every client takes, however many and large its objects are', async () => {
    for (let i = 0; i < DWARFS; i++) await create(`dwarf_${i}`, 100);
    for (let i = 0; i < GIANTS; i++) await create(`giant_${i}`, GIANT_BYTES);
    const sizes: number[] = [];
    const names = new Set<string>();
    for await (const response of client.snapshot(
      SnapshotRequest.create(),
    ) as AsyncIterable<SnapshotResponse>) {
      sizes.push(SnapshotResponse.encode(response).finish().length);
      for (const { collection } of response.objects)
        names.add(collection?.info?.schema?.name ?? '');
    }
    for (let i = 0; i < GIANTS; i++) expect(names).toContain(`giant_${i}`);
    expect([...names].filter((name) => name.startsWith('dwarf_'))).toHaveLength(DWARFS);
    expect(Math.max(...sizes)).toBeLessThan(MESSAGE_BYTES_MAX);
  });
});
