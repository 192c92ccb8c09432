import { WatchRequest, WatchResponse } from '../../src/gen/control.js';
import { create } from './requests.js';
import { FrameReader, UnaryClient } from './unary-client.js';

/** Creates at a steady rate, by one process that watches them arrive at the same time. */
export interface FeedLoad {
  readonly port: number;
  readonly ratePerSecond: number;
  readonly creates: number;
  readonly prefix: string;
}

/** Sequences of events, and CLOCK_MONOTONIC when each arrived. */
export type Arrivals = readonly (readonly [number, string])[];

const WATCH = '/rootstock.control.v1.ControlService/Watch';
const EVENTS_PER_CREATE = 2;

async function run({ port, ratePerSecond, creates, prefix }: FeedLoad): Promise<Arrivals> {
  const client = new UnaryClient(port);
  const arrivals: [number, string][] = [];
  const request = WatchRequest.encode(WatchRequest.fromPartial({ onlyNew: true })).finish();
  const stream = client.open(WATCH, request);
  await new Promise<void>((resolve) => {
    const frames = new FrameReader((message) => {
      const arrivedNs = `${process.hrtime.bigint()}`;
      const { events } = WatchResponse.decode(message);
      for (const { sequence } of events) arrivals.push([Number(sequence), arrivedNs]);
      // The first answer comes at once: from then on nothing is missed.
      if (events.length === 0 && arrivals.length === 0) void createAll();
      if (arrivals.length >= creates * EVENTS_PER_CREATE) resolve();
    });
    stream.on('data', (chunk: Buffer) => frames.take(chunk));
    const createAll = async () => {
      const start = performance.now();
      for (let n = 0; n < creates; n += 1) {
        const earlyMs = start + (n * 1000) / ratePerSecond - performance.now();
        if (earlyMs > 0) await new Promise((wake) => setTimeout(wake, earlyMs));
        void client.call(create.path, create.request(`${prefix}${n}`)).then(create.check);
      }
    };
  });
  client.close();
  return arrivals;
}

process.on('message', (load: FeedLoad) => {
  run(load).then(
    (arrivals) => process.send?.({ arrivals }),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
