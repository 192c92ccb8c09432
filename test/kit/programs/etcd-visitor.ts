import { EtcdMetaStore } from '../../../src/adapters/etcd/etcd-meta-store.js';
import { identifyProcess } from '../../../src/adapters/process-identity.js';

/**
 * Uses the etcd at `argv[2]`, closes, fails to open the one at `argv[3]`, and then has nothing
 * left to do. It ends by itself, with code 0, if and only if nothing was left open or unhandled.
 */
const [alive = '', dead = ''] = process.argv.slice(2);
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const store = await EtcdMetaStore.open({ endpoints: [alive], rootPath: 'visitor' });
const outcome = await store.campaign(identifyProcess('127.0.0.1:53100'));
if (outcome.kind === 'held') throw new Error(`held by ${outcome.holder}`);
const { fence } = outcome.leadership;
const commit = (key: string) =>
  store.commit([{ kind: 'put', key: `v/${key}`, value: Buffer.from(key) }], fence);
await Promise.all(['a', 'b', 'c'].map(commit));
// Left in the middle on purpose.
await store.scan('v/')[Symbol.asyncIterator]().next();
const last = commit('d');
await store.close();
await last;
say('closed');

try {
  await EtcdMetaStore.open({ endpoints: [dead], rootPath: 'visitor', openDeadlineMs: 500 });
} catch {
  say('refused');
}
say('done');
