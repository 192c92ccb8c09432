import { EmbeddedMessageStream } from '../../src/adapters/embedded/embedded-message-stream.js';
import type { MessageStream } from '../../src/ports/message-stream.js';
import { temporaryDirectory } from '../kit/temporary-directory.js';
import { type BenchRow, row } from './benches.js';
import { rawCommits } from './raw-commits.js';
import { interleave } from './rounds.js';

const ARM_MS = 1_000;
const CHANNELS = Array.from({ length: 16 }, (_, index) => `by-dev-rootcoord-dml_${index}`);

/** Durable appends of one message to 16 channels beside as many fsynced writes of its size. */
export async function benchMessages(appenders: number, bytes: number): Promise<BenchRow> {
  const directory = await temporaryDirectory();
  const stream = await EmbeddedMessageStream.open({
    dataDir: directory.path,
    retention: { ageMs: 3_600_000, bytes: 2 ** 30 },
  });
  try {
    for (const channel of CHANNELS) await stream.createChannel(channel);
    await appendsPerSecond(stream, appenders, bytes);
    const { ours, yardstick, ratio } = await interleave(
      () => appendsPerSecond(stream, appenders, bytes),
      (rate) =>
        rawCommits(directory.path, {
          count: Math.min(Math.round((rate * ARM_MS) / 1_000), RAW_COUNT_MAX),
          bytes,
          concurrency: appenders,
        }),
    );
    const what = `appends/s to the embedded log, ${appenders} × ${bytes} B`;
    return row(what, ours, yardstick, ratio, 'write + fdatasync/s');
  } finally {
    await stream.close();
    await directory.remove();
  }
}

/** Bounds the yardstick's arm to some seconds; its rate does not depend on the count. */
const RAW_COUNT_MAX = 5_000;

async function appendsPerSecond(
  stream: MessageStream,
  appenders: number,
  bytes: number,
): Promise<number> {
  const message = { payload: Buffer.alloc(bytes, 7), properties: {} };
  const sinceMs = performance.now();
  const untilMs = sinceMs + ARM_MS;
  let appends = 0;
  const work = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      await stream.append(CHANNELS[appends % CHANNELS.length] ?? '', [message]);
      appends += 1;
    }
  };
  await Promise.all(Array.from({ length: appenders }, work));
  return (appends * 1_000) / (performance.now() - sinceMs);
}
