import { EmbeddedMessageStream } from '../../../src/adapters/embedded/embedded-message-stream.js';
import { positionAt, sequenceOf } from '../../../src/domain/stream-position.js';

/**
 * Appends without end to channels `c0` … `c3` of the stream in `argv[2]`, from `argv[3]` writers.
 * The n-th message of a channel says `<run> <n>`, where `argv[4]` names the run. After each, the
 * reader `r` is moved there. It prints a line per fact: `acked <channel> <sequence> <text>`,
 * `stored <channel> <sequence>`, and `failed <kind>` when it cannot go on.
 */
const [dataDir = '', writers = '1', run = '0'] = process.argv.slice(2);
const CHANNELS = ['c0', 'c1', 'c2', 'c3'];
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const stream = await EmbeddedMessageStream.open({
  dataDir,
  retention: { ageMs: 3_600_000, bytes: 2 ** 30 },
  diskReserveBytes: 0,
});
for (const channel of CHANNELS) await stream.createChannel(channel);

let calls = 0;
async function appendForEver(): Promise<void> {
  for (;;) {
    const channel = CHANNELS[calls % CHANNELS.length] ?? '';
    const text = `${run} ${calls++}`;
    const payload = Buffer.from(text);
    const [position = positionAt(0)] = await stream.append(channel, [
      { payload, properties: { n: text } },
    ]);
    say(`acked ${channel} ${sequenceOf(position)} ${text}`);
    await stream.storePosition(channel, 'r', position);
    say(`stored ${channel} ${sequenceOf(position)}`);
  }
}

await Promise.all(Array.from({ length: Number(writers) }, appendForEver)).catch((error) => {
  say(`failed ${error.kind} ${stream.lost.aborted}`);
});
await stream.close();
