import { setTimeout as pause } from 'node:timers/promises';
import { credentials, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedMessageStream } from '../../src/adapters/embedded/embedded-message-stream.js';
import { NatsMessageStream } from '../../src/adapters/nats/nats-message-stream.js';
import type { Status } from '../../src/gen/common.js';
import { RootCoordClient } from '../../src/gen/root_coord.js';
import type { MessageStream } from '../../src/ports/message-stream.js';
import { loadCatalog } from '../../src/root/catalog/load.js';
import { KEYS } from '../kit/catalog-store.js';
import { ROOT_PATH } from '../kit/crash/store-audit.js';
import { withReader } from '../kit/crash/store-reader.js';
import { expectTrueMessages } from '../kit/dd-invariants.js';
import { decodeChannelMsg } from '../kit/decode-channel-msg.js';
import { MessageLog } from '../kit/message-log.js';
import { type NatsServer, startNats } from '../kit/nats-server.js';
import { createPartition, dropPartition } from '../kit/partition-calls.js';
import { createAtRoot, dropAtRoot } from '../kit/root-calls.js';
import { ServerProcess } from '../kit/server-process.js';
import { stores, type TestStore } from '../kit/stores.js';

const MESSAGES_MIN = 100_000;
/** Of each type; the rest are ticks. */
const DD_MESSAGES_MIN = 200;
const DD_TYPES = ['CreateCollection', 'DropCollection', 'CreatePartition', 'DropPartition'];
const KILLS = 6;
const WRITERS = 8;
/** The fewest between two ticks: 100 000 messages are there within seconds. */
const SETS = ['proxy.timeTickInterval=2', 'rootstock.undrop.keepSeconds=0'];
const RETENTION = { ageMs: 86_400_000, bytes: 2 ** 30 };
const WITHIN_MS = 240_000;

/** Creates and drops for as long as the server answers. */
async function churn(address: string, writer: number, life: number): Promise<void> {
  const root = new RootCoordClient(address, credentials.createInsecure());
  try {
    for (let round = 0; ; round++) {
      const name = `c_${life}_${writer}_${round}`;
      done(await createAtRoot(root, name, { shardsNum: 4 }));
      done(await createPartition(root, name, 'p'));
      if (round % 3 === 0) done(await dropPartition(root, name, 'p'));
      if (round % 4 !== 0) done(await dropAtRoot(root, name));
    }
  } catch (caught) {
    if (codeOf(caught) !== status.UNAVAILABLE) throw caught;
  } finally {
    root.close();
  }
}

function done({ code, reason }: Status): void {
  if (code !== 0) throw new Error(`refused: ${reason}`);
}

/** How many messages of each type the channels have. */
function tally(log: MessageLog): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const message of log.names.flatMap((name) => log.messagesOn(name))) {
    const type = decodeChannelMsg(message)?.type ?? 'unknown';
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

const codeOf = (caught: unknown): unknown =>
  caught instanceof Error && 'code' in caught ? caught.code : undefined;

interface Queue {
  readonly sets: readonly string[];
  open(store: TestStore): Promise<MessageStream>;
}

function messageOrder(queueOf: () => Queue): void {
  it(`is as promised over ${MESSAGES_MIN} messages and ${KILLS} kills`, {
    timeout: WITHIN_MS,
  }, async () => {
    const [embedded] = stores;
    const store = await embedded?.open();
    if (!store) throw new Error('no store');
    const { sets, open } = queueOf();
    const options = { ...store, sets: [...store.sets, ...SETS, ...sets] };
    let server = await ServerProcess.start(options);
    const stream = await open(store);
    const log = await MessageLog.of(stream);
    for (let life = 0; life < KILLS; life++) {
      const address = server.rootCoordAddress;
      const writers = Array.from({ length: WRITERS }, (_, writer) => churn(address, writer, life));
      const wanted = (MESSAGES_MIN * (life + 1)) / KILLS;
      while (log.count < wanted) await pause(20);
      await server.kill();
      await Promise.all(writers);
      server = await ServerProcess.start(options);
    }
    // Whatever the last kill left unfinished comes to its end.
    await expect.poll(() => unfinished(store), { timeout: 30_000, interval: 500 }).toEqual([]);
    await server.terminate();
    await log.finish(stream);
    await stream.close();
    const loaded = await withReader(store, ROOT_PATH, (reader) => loadCatalog(reader, KEYS));
    expect(log.count).toBeGreaterThan(MESSAGES_MIN);
    expectTrueMessages(loaded, log);
    const counts = tally(log);
    for (const type of DD_TYPES) expect(counts[type], type).toBeGreaterThan(DD_MESSAGES_MIN);
    console.log(`${log.count} messages on ${log.names.length} channels, ${KILLS} kills`, counts);
    await store.remove();
  });
}

const unfinished = (store: TestStore): Promise<readonly string[]> =>
  withReader(store, ROOT_PATH, async (reader) => {
    const { catalog } = await loadCatalog(reader, KEYS);
    return [...catalog.allCollections()]
      .filter(({ state, partitions }) =>
        [state, ...partitions.map((p) => p.state)].some((s) => s !== 'Created'),
      )
      .map(({ name }) => name);
  });

describe('DD messages and ticks on the embedded log', () => {
  messageOrder(() => ({
    sets: [`rootstock.messages.retentionBytes=${RETENTION.bytes}`],
    open: ({ dataDir }) => EmbeddedMessageStream.open({ dataDir, retention: RETENTION }),
  }));
});

describe('DD messages and ticks on NATS', () => {
  let nats: NatsServer;
  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats.stop());

  messageOrder(() => ({
    sets: [
      'mq.type=natsmq',
      `rootstock.nats.servers=${nats.endpoint}`,
      `rootstock.messages.retentionBytes=${RETENTION.bytes}`,
    ],
    open: () => NatsMessageStream.open({ servers: [nats.endpoint], retention: RETENTION }),
  }));
});
