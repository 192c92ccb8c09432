import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Etcd3, type IKeyValue } from 'etcd3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SLOTS_MAX } from '../../src/adapters/etcd/commit-slots.js';
import {
  EtcdMetaStore,
  type EtcdMetaStoreOptions,
} from '../../src/adapters/etcd/etcd-meta-store.js';
import { COMMITS_UNDER_WAY_MAX } from '../../src/adapters/meta-store-rules.js';
import type { Leadership, MetaStore, Write } from '../../src/ports/meta-store.js';
import { livingCandidate } from '../kit/candidates.js';
import { compileProgram } from '../kit/compile-program.js';
import { type EtcdServer, freePort, startEtcd } from '../kit/etcd-server.js';
import { ProgramRun } from '../kit/program-run.js';
import { SeverableProxy } from '../kit/severable-proxy.js';

const FREEZE_MS = 2_000;

describe('EtcdMetaStore', () => {
  let server: EtcdServer;
  let opened: { close(): unknown }[];

  beforeEach(async () => {
    server = await startEtcd();
    opened = [];
  }, 30_000);

  afterEach(async () => {
    server.thaw();
    for (const one of opened) await one.close();
    await server.stop();
  }, 30_000);

  const openStore = async (options: Partial<EtcdMetaStoreOptions> = {}): Promise<EtcdMetaStore> => {
    const store = await EtcdMetaStore.open({
      endpoints: [server.endpoint],
      rootPath: 'by-dev',
      ...options,
    });
    opened.unshift(store);
    return store;
  };

  const lead = async (store: MetaStore): Promise<Leadership> => {
    const outcome = await store.campaign(livingCandidate('10.0.0.7:53100'));
    if (outcome.kind === 'held') throw new Error(`held by ${outcome.holder}`);
    return outcome.leadership;
  };

  const put = (key: string, value: string | Buffer = 'value'): Write => ({
    kind: 'put',
    key,
    value: Buffer.from(value),
  });

  /** What etcd itself says about a key. */
  const inspect = async (key: string): Promise<IKeyValue | undefined> => {
    const client = new Etcd3({ hosts: server.endpoint });
    opened.unshift(client);
    return (await client.get(key).exec()).kvs[0];
  };

  it('rides out an etcd that is frozen for two seconds, with commits under way', async () => {
    const store = await openStore();
    const leadership = await lead(store);
    await store.commit([put('before')], leadership.fence);
    const commits = Array.from({ length: 40 }, (_, i) =>
      store.commit([put(`k/${i}`)], leadership.fence),
    );
    server.freeze();
    const later = Array.from({ length: 40 }, (_, i) =>
      store.commit([put(`l/${i}`)], leadership.fence),
    );
    const read = store.get('before');
    await pause(FREEZE_MS);
    server.thaw();
    await Promise.all([...commits, ...later]);
    expect(await read).toBeDefined();
    expect(leadership.lost.aborted).toBe(false);
    for (const key of ['k/0', 'k/39', 'l/0', 'l/39']) {
      expect(await inspect(key)).toMatchObject({ version: '1' });
    }
  }, 30_000);

  it('keeps its leadership over a kill -9 and restart of etcd, and finishes what it began', async () => {
    const store = await openStore();
    const leadership = await lead(store);
    await store.commit([put('before')], leadership.fence);
    await server.kill();
    const commit = store.commit([put('during')], leadership.fence);
    await server.restart();
    await commit;
    await store.commit([put('after')], leadership.fence);
    expect(leadership.lost.aborted).toBe(false);
    for (const key of ['before', 'during', 'after']) expect(await store.get(key)).toBeDefined();
    expect(await (await openStore()).campaign(livingCandidate())).toMatchObject({ kind: 'held' });
  }, 30_000);

  it('applies a commit once and reports success when the answer was lost', async () => {
    const proxy = await SeverableProxy.before(server.endpoint);
    opened.push(proxy);
    const store = await openStore({ endpoints: [proxy.endpoint], callDeadlineMs: 500 });
    const { fence } = await lead(store);
    await store.commit([put('warm')], fence);
    proxy.loseReplies();
    const commits = [1, 2, 3].map((n) => store.commit([put(`once/${n}`)], fence));
    await Promise.all(commits);
    for (const n of [1, 2, 3]) expect(await inspect(`once/${n}`)).toMatchObject({ version: '1' });
    await store.commit([put('once/1')], fence);
    expect(await inspect('once/1')).toMatchObject({ version: '2' });
  }, 30_000);

  it('survives connections that break under its commits', async () => {
    const proxy = await SeverableProxy.before(server.endpoint);
    opened.push(proxy);
    const store = await openStore({ endpoints: [proxy.endpoint] });
    const { fence } = await lead(store);
    for (let round = 0; round < 5; round++) {
      const commits = Array.from({ length: 30 }, (_, i) =>
        store.commit([put(`cut/${round}/${i}`)], fence),
      );
      await commits[round];
      proxy.cut();
      await Promise.all(commits);
    }
    for (const key of ['cut/0/0', 'cut/0/29', 'cut/4/29']) {
      expect(await inspect(key)).toMatchObject({ version: '1' });
    }
  }, 30_000);

  it('loses its leadership when etcd is not heard for the lease, and says so to the commits', async () => {
    const store = await openStore({ leaseTtlSeconds: 2, callDeadlineMs: 300 });
    const leadership = await lead(store);
    server.freeze();
    const commit = expect(store.commit([put('k')], leadership.fence)).rejects.toMatchObject({
      kind: 'ServiceNotReady',
      message: expect.stringContaining('whether it was applied is unknown'),
    });
    await once(leadership.lost, 'abort');
    expect(leadership.lost.reason).toMatchObject({ message: expect.stringMatching(/not heard/) });
    await commit;
    server.thaw();
    const next = await openStore();
    let outcome = await next.campaign(livingCandidate());
    while (outcome.kind === 'held') {
      await pause(50);
      outcome = await next.campaign(livingCandidate());
    }
    expect(outcome.leadership.fence.epoch).toBeGreaterThan(leadership.fence.epoch);
  }, 30_000);

  it('loses its leadership when somebody removes the session key', async () => {
    const store = await openStore({ leaseTtlSeconds: 2 });
    const leadership = await lead(store);
    const client = new Etcd3({ hosts: server.endpoint });
    opened.unshift(client);
    await client.delete().key('by-dev/meta/session/rootcoord').exec();
    await once(leadership.lost, 'abort');
    expect(leadership.lost.reason).toMatchObject({ message: expect.stringMatching(/was removed/) });
  }, 30_000);

  it('refuses the first commit after the session key is gone, though the lease lives', async () => {
    const store = await openStore();
    const leadership = await lead(store);
    const client = new Etcd3({ hosts: server.endpoint });
    opened.unshift(client);
    await client.delete().key('by-dev/meta/session/rootcoord').exec();
    await expect(store.commit([put('k')], leadership.fence)).rejects.toMatchObject({
      kind: 'ServiceNotReady',
      message: expect.stringContaining('nothing was written'),
    });
    expect(leadership.lost.aborted).toBe(true);
    expect(await inspect('k')).toBeUndefined();
  }, 30_000);

  it('says within its named time that no etcd answers', async () => {
    const endpoint = `127.0.0.1:${await freePort()}`;
    const sinceMs = performance.now();
    await expect(openStore({ endpoints: [endpoint], openDeadlineMs: 2_000 })).rejects.toMatchObject(
      {
        kind: 'MetaStoreUnavailable',
        message: expect.stringContaining(`no etcd answers at ${endpoint} within 2000 ms`),
      },
    );
    expect(performance.now() - sinceMs).toBeLessThan(2_500);
  });

  it('says so too when etcd accepts connections and stays silent', async () => {
    server.freeze();
    const sinceMs = performance.now();
    await expect(openStore({ openDeadlineMs: 2_000 })).rejects.toMatchObject({
      kind: 'MetaStoreUnavailable',
    });
    expect(performance.now() - sinceMs).toBeLessThan(2_500);
  });

  it('works as long as one of its endpoints does, and leaves the broken one alone', async () => {
    let connections = 0;
    const broken = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    opened.push({ close: () => promisify(broken.close.bind(broken))() });
    const port = await freePort();
    await once(broken.listen(port, '127.0.0.1'), 'listening');
    const store = await openStore({ endpoints: [`127.0.0.1:${port}`, server.endpoint] });
    const { fence } = await lead(store);
    for (let i = 0; i < 60; i++) await store.commit([put(`e/${i}`)], fence);
    expect(await store.get('e/59')).toBeDefined();
    expect(connections).toBeLessThan(15);
  }, 30_000);

  it('registers in the form of a Milvus session, with ids counted by the cluster', async () => {
    const registered = [];
    for (let round = 0; round < 2; round++) {
      const store = await openStore();
      const leadership = await lead(store);
      const session = await inspect('by-dev/meta/session/rootcoord');
      const json = session?.value.toString() ?? '';
      expect(json).toContain(`"LeaseID":${session?.lease}`);
      registered.push(JSON.parse(json));
      await leadership.resign();
    }
    expect(registered).toMatchObject([
      { ServerID: 1, ServerName: 'rootcoord', Address: '10.0.0.7:53100', Exclusive: true },
      { ServerID: 2, TriggerKill: true, Pid: process.pid, IndexEngineVersion: {} },
    ]);
    expect((await inspect('by-dev/meta/session/id'))?.value.toString()).toBe('3');
  });

  it('names the holder of a session another program made', async () => {
    const client = new Etcd3({ hosts: server.endpoint });
    opened.unshift(client);
    const session = '{"ServerID":7,"Address":"10.1.1.1:53100","HostName":"milvus-0"}';
    await client.put('by-dev/meta/session/rootcoord').value(session).exec();
    expect(await (await openStore()).campaign(livingCandidate())).toEqual({
      kind: 'held',
      holder: 'a session of milvus-0 (address 10.1.1.1:53100)',
    });
  });

  it('leaves nothing of its own behind when it resigns, except the counter', async () => {
    const store = await openStore();
    const leadership = await lead(store);
    await Promise.all([1, 2, 3].map((n) => store.commit([put(`mine/${n}`)], leadership.fence)));
    await leadership.resign();
    const client = new Etcd3({ hosts: server.endpoint });
    opened.unshift(client);
    const keys = (await client.getAll().keys()).toSorted();
    expect(keys).toEqual(['by-dev/meta/session/id', 'mine/1', 'mine/2', 'mine/3']);
  });

  it('scans values far larger than one reply may be', async () => {
    const store = await openStore();
    const { fence } = await lead(store);
    const small = Array.from({ length: 100 }, (_, i) => put(`big/0/${i}`));
    await store.commit(small, fence);
    for (let i = 0; i < 40; i++)
      await store.commit([put(`big/1/${i}`, Buffer.alloc(2 ** 20, i))], fence);
    const sizes: number[] = [];
    for await (const page of store.scan('big/')) {
      for (const { value } of page) sizes.push(value.byteLength);
    }
    expect(sizes).toHaveLength(140);
    expect(sizes.filter((size) => size === 2 ** 20)).toHaveLength(40);
  }, 30_000);

  it('refuses the commit that is one too many at once, and goes on', async () => {
    const store = await openStore();
    const { fence } = await lead(store);
    const count = SLOTS_MAX + COMMITS_UNDER_WAY_MAX + 1;
    const commits = Array.from({ length: count }, (_, i) => store.commit([put(`q/${i}`)], fence));
    const outcomes = await Promise.allSettled(commits);
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toMatchObject([{ kind: 'MetaStoreUnavailable' }]);
    expect(await store.get(`q/${count - 1}`)).toBeUndefined();
    await store.commit([put(`q/${count - 1}`)], fence);
  }, 30_000);

  it('lets the process end by itself after close, and after an open that failed', async () => {
    const program = await compileProgram('etcd-visitor');
    opened.push({ close: program.remove });
    const dead = `127.0.0.1:${await freePort()}`;
    const run = new ProgramRun(process.execPath, [program.path, server.endpoint, dead]);
    await run.until((lines) => lines.includes('done'));
    const sinceMs = performance.now();
    expect(await run.ended()).toBe(0);
    expect(performance.now() - sinceMs).toBeLessThan(2_000);
    expect(run.lines).toEqual(['closed', 'refused', 'done']);
  }, 30_000);
});
