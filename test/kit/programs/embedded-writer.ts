import { EmbeddedMetaStore } from '../../../src/adapters/embedded/embedded-meta-store.js';
import { identifyProcess } from '../../../src/adapters/process-identity.js';
import type { Leadership, Write } from '../../../src/ports/meta-store.js';

/**
 * Campaigns for the embedded store of `argv[2]` and, once elected, commits without end from
 * `argv[3]` writers. Each commit makes eight keys of its own and overwrites a hundred shared ones.
 * It prints a line per fact, before it goes on: `elected`, `held <by whom>`, `acked <n>`, `lost`.
 */
const [dataDir = '', writers = '0', firstNumber = '0'] = process.argv.slice(2);
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const writesOf = (number: number): readonly Write[] => {
  const value = Buffer.from(String(number));
  const own = Array.from({ length: 8 }, (_, i) => `own/${number}/${i}`);
  const shared = Array.from({ length: 100 }, (_, i) => `shared/${i}`);
  return [...own, ...shared].map((key) => ({ kind: 'put', key, value }));
};

async function writeForEver(store: EmbeddedMetaStore, leadership: Leadership): Promise<void> {
  let next = Number(firstNumber);
  leadership.lost.addEventListener('abort', () => say('lost'));
  const write = async (): Promise<void> => {
    while (!leadership.lost.aborted) {
      const number = next++;
      await store.commit(writesOf(number), leadership.fence);
      say(`acked ${number}`);
    }
  };
  await Promise.all(Array.from({ length: Number(writers) }, write));
}

const store = await EmbeddedMetaStore.open({ dataDir });
const outcome = await store.campaign(identifyProcess('127.0.0.1:53100'));
if (outcome.kind === 'held') {
  say(`held ${outcome.holder}`);
  await store.close();
} else {
  say('elected');
  // Without writers the process just holds the store until it is killed.
  const hold = setInterval(() => {}, 60_000);
  await writeForEver(store, outcome.leadership).catch((error: unknown) => say(`failed ${error}`));
  if (Number(writers) > 0) clearInterval(hold);
}
