import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedMetaStore } from '../../src/adapters/embedded/embedded-meta-store.js';
import { EtcdMetaStore } from '../../src/adapters/etcd/etcd-meta-store.js';
import { identifyProcess } from '../../src/adapters/process-identity.js';
import type { Fence, MetaStore, Write } from '../../src/ports/meta-store.js';
import { startEtcd } from '../kit/etcd-server.js';
import { temporaryDirectory } from '../kit/temporary-directory.js';
import { show, spreadOf } from './rounds.js';

/** `node dist/test/bench/meta-stores.js`: durable commits and scans of both metastores. */
const ARM_MS = 700;
const ROUNDS = 5;
const PUTS = 8;
const VALUE = Buffer.alloc(200, 7);
/** 20 000 collections of seven keys. */
const ROWS = 140_000;

let next = 0;
const writesOf = (number: number, puts: number): readonly Write[] =>
  Array.from({ length: puts }, (_, i) => ({
    kind: 'put',
    key: `by-dev/meta/root-coord/fields/449812345678${String(number).padStart(9, '0')}/${i}`,
    value: VALUE,
  }));

/** Commits per second with so many in flight. */
async function commitsPerSecond(store: MetaStore, fence: Fence, inFlight: number): Promise<number> {
  const untilMs = performance.now() + ARM_MS;
  let commits = 0;
  const work = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      await store.commit(writesOf(next++, PUTS), fence);
      commits += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  return (commits * 1_000) / ARM_MS;
}

/** The same bytes as one write and one fdatasync for every `perSync` commits. */
function rawPerSecond(path: string, perSync: number): number {
  const [write] = writesOf(0, 1);
  const bytes = Buffer.alloc(PUTS * ((write?.key.length ?? 0) + VALUE.length) * perSync, 1);
  const file = openSync(path, 'w');
  const untilMs = performance.now() + ARM_MS;
  let syncs = 0;
  for (; performance.now() < untilMs; syncs++) {
    writeSync(file, bytes);
    fdatasyncSync(file);
  }
  closeSync(file);
  return (syncs * perSync * 1_000) / ARM_MS;
}

/** How long the event loop did not come round to a timer of 1 ms, at most. */
function watchStalls(): { stop(): number } {
  let longestMs = 0;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - lastMs - 1);
    lastMs = performance.now();
  }, 1);
  return {
    stop: () => {
      clearInterval(timer);
      return longestMs;
    },
  };
}

async function lead(store: MetaStore): Promise<Fence> {
  const outcome = await store.campaign(identifyProcess('127.0.0.1:53100'));
  if (outcome.kind === 'held') throw new Error(`held by ${outcome.holder}`);
  return outcome.leadership.fence;
}

async function benchCommits(name: string, store: MetaStore, rawPath: string): Promise<void> {
  const fence = await lead(store);
  await commitsPerSecond(store, fence, 64);
  for (const inFlight of [1, 16, 64]) {
    const ours: number[] = [];
    const raw: number[] = [];
    const rawGroup: number[] = [];
    const stallsMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const watch = watchStalls();
      ours.push(await commitsPerSecond(store, fence, inFlight));
      stallsMs.push(watch.stop());
      raw.push(rawPerSecond(rawPath, 1));
      rawGroup.push(rawPerSecond(rawPath, inFlight));
    }
    const texts = [ours, raw, rawGroup].map((series) => show(spreadOf(series)));
    console.log(
      `${name}, ${inFlight} in flight: ${texts[0]} commits/s; raw fdatasync each ${texts[1]}, one per ${inFlight} ${texts[2]}; longest stall ${show(spreadOf(stallsMs))} ms`,
    );
  }
  await benchScan(name, store, fence);
}

async function benchScan(name: string, store: MetaStore, fence: Fence): Promise<void> {
  const size = Math.min(store.limits.operationsMax, 1_000);
  for (let from = 0; from < ROWS; from += size) {
    const writes = Array.from({ length: Math.min(size, ROWS - from) }, (_, i) => ({
      kind: 'put' as const,
      key: `scan/by-dev/meta/root-coord/fields/449812345678901/${String(from + i).padStart(9, '0')}`,
      value: VALUE.subarray(0, 120),
    }));
    await store.commit(writes, fence);
  }
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const sinceMs = performance.now();
    let rows = 0;
    for await (const page of store.scan('scan/')) rows += page.length;
    if (rows !== ROWS) throw new Error(`${rows} rows instead of ${ROWS}`);
    times.push(performance.now() - sinceMs);
  }
  const { median } = spreadOf(times);
  const rate = Math.round(ROWS / median);
  console.log(`${name}: scan of ${ROWS} rows in ${show(spreadOf(times))} ms, ${rate}k rows/s`);
}

const directory = await temporaryDirectory();
const rawPath = join(directory.path, 'raw');
const embedded = await EmbeddedMetaStore.open({ dataDir: directory.path });
await benchCommits('embedded', embedded, rawPath);
await embedded.close();
const server = await startEtcd();
const etcd = await EtcdMetaStore.open({ endpoints: [server.endpoint], rootPath: 'by-dev' });
await benchCommits('etcd', etcd, rawPath);
await etcd.close();
await server.stop();
await directory.remove();
