import { EmbeddedMessageStream } from '../../../src/adapters/embedded/embedded-message-stream.js';
import { sequenceOf } from '../../../src/domain/stream-position.js';

/**
 * Reads channel `c` of the stream in `argv[2]` without end, from where the reader `argv[3]` stopped,
 * and stores its position after every message. It prints a line per fact: `read <sequence>` and,
 * once it is durable, `stored <sequence>`.
 */
const [dataDir = '', reader = ''] = process.argv.slice(2);
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const stream = await EmbeddedMessageStream.open({
  dataDir,
  retention: { ageMs: 3_600_000, bytes: 2 ** 30 },
  diskReserveBytes: 0,
});
const position = await stream.storedPosition('c', reader);
const pages = await stream.subscribe(
  'c',
  position === undefined ? { kind: 'earliest' } : { kind: 'after', position },
  new AbortController().signal,
);
for await (const page of pages) {
  for (const message of page) {
    say(`read ${sequenceOf(message.position)}`);
    await stream.storePosition('c', reader, message.position);
    say(`stored ${sequenceOf(message.position)}`);
  }
}
