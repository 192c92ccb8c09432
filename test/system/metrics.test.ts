import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../kit/eventually.js';
import { type MetricsScrape, scrapeMetrics } from '../kit/metrics-scrape.js';
import { ProxyNode } from '../kit/proxy-node.js';
import { allocateIds } from '../kit/root-calls.js';
import { collectionOf, freshName, textField } from '../kit/sdk-collections.js';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';

const INTERVAL_MS = 200;
const LEASE_MS = 2_000;

const count = (functionName: string, status: string) =>
  `milvus_rootcoord_ddl_req_count{function_name="${functionName}",status="${status}"}`;
const observed = (metric: string, functionName: string) =>
  `milvus_rootcoord_${metric}_count{function_name="${functionName}"}`;

describe.each(stores)('GET /metrics, with the $name store', (kind) => {
  const server = SuiteServer.on(kind, ['rootstock.undrop.keepSeconds=0']);
  const nodes: ProxyNode[] = [];
  afterEach(async () => {
    for (const node of nodes.splice(0)) {
      await node.leave();
      await node.close();
    }
  });

  const scrape = () => scrapeMetrics(server.process.ports.metrics);
  const scrapeUntil = (isIt: (scrape: MetricsScrape) => boolean, withinMs?: number) =>
    eventually(scrape, isIt, withinMs);

  async function startNode(): Promise<ProxyNode> {
    const { rootCoordAddress } = server.process;
    const node = await ProxyNode.start({ rootCoordAddress, leaseTtlMs: LEASE_MS });
    nodes.push(node);
    return node;
  }

  it('is the text format of Prometheus, and only the front is a proxy at first', async () => {
    const told = await scrape();
    expect(told.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(new Set(told.names).size).toBe(told.names.length);
    expect(told.names.every((name) => /^(milvus_rootcoord|rootstock)_[a-z_]+$/.test(name))).toBe(
      true,
    );
    expect(told.value('rootstock_coordinator_state')).toBe(1);
    expect(told.value('milvus_rootcoord_proxy_num')).toBe(1);
    expect(told.value('milvus_rootcoord_dml_channel_num')).toBe(16);
  });

  it('counts what a create, a refusal and a drop leave behind', async () => {
    const before = await scrape();
    const name = freshName('counted');
    await server.sdk.createCollection(collectionOf(name));
    await server.sdk.createPartition({ collection_name: name, partition_name: 'p' });
    const different = server.sdk.createCollection(collectionOf(name, [textField('more')]));
    await expect(different).rejects.toMatchObject({ code: 65_535 });
    const after = await scrape();
    const grown = (line: string) => (after.value(line) ?? 0) - (before.value(line) ?? 0);
    expect(grown('milvus_rootcoord_collection_num{db_name="default"}')).toBe(1);
    expect(grown('milvus_rootcoord_partition_num')).toBe(2);
    expect(grown(count('CreateCollection', 'total'))).toBe(2);
    expect(grown(count('CreateCollection', 'success'))).toBe(1);
    expect(grown(count('CreateCollection', 'fail'))).toBe(1);
    expect(grown(count('CreatePartition', 'total'))).toBe(1);
    expect(grown(count('CreatePartition', 'fail'))).toBe(0);
    expect(grown(observed('ddl_req_latency', 'CreateCollection'))).toBe(1);
    expect(grown(observed('ddl_req_latency_in_queue', 'CreateCollection'))).toBe(2);
    expect(grown('rootstock_journal_sequence')).toBeGreaterThanOrEqual(4);
    expect(after.value('rootstock_resident_actors{kind="collection"}')).toBeGreaterThan(0);
    expect(after.value('rootstock_ddl_queue_length')).toBe(0);
    await server.sdk.dropCollection({ collection_name: name });
    const gone = await scrape();
    expect(gone.value('milvus_rootcoord_collection_num{db_name="default"}')).toBe(
      before.value('milvus_rootcoord_collection_num{db_name="default"}'),
    );
    expect(gone.value('milvus_rootcoord_partition_num')).toBe(
      before.value('milvus_rootcoord_partition_num'),
    );
    // What actors ask for is no request of anybody.
    expect(Object.keys(gone.samples('milvus_rootcoord_ddl_req_count')).join()).not.toMatch(/Mark/);
  });

  it('lists a database as long as it is there', async () => {
    const line = 'milvus_rootcoord_collection_num{db_name="zoo"}';
    await server.sdk.createDatabase({ db_name: 'zoo' });
    expect((await scrape()).value(line)).toBe(0);
    expect((await scrape()).value('milvus_rootcoord_database_num')).toBe(2);
    await server.sdk.dropDatabase({ db_name: 'zoo' });
    expect((await scrape()).value(line)).toBeUndefined();
    expect((await scrape()).value('milvus_rootcoord_database_num')).toBe(1);
  });

  it('tells what is given out: ids, and where time is and is saved', async () => {
    const before = await scrape();
    await allocateIds(server.root, 1_000);
    const after = await scrape();
    const ids = (told: MetricsScrape) => told.value('milvus_rootcoord_id_alloc_count') ?? 0;
    expect(ids(after) - ids(before)).toBe(1_000);
    const physicalMs = (after.value('milvus_rootcoord_timestamp') ?? 0) / 2 ** 18;
    expect(Math.abs(physicalMs - Date.now())).toBeLessThan(1_000);
    const savedMs = (after.value('milvus_rootcoord_timestamp_saved') ?? 0) * 1000;
    expect(savedMs).toBeGreaterThan(physicalMs);
  });

  it('tells how far the ticks of every channel in use are behind', async () => {
    const name = freshName('lag');
    await server.sdk.createCollection(collectionOf(name));
    const told = await scrapeUntil(
      (now) => Object.keys(now.samples('milvus_rootcoord_produce_tt_lag_ms')).length > 0,
    );
    const lags = told.samples('milvus_rootcoord_produce_tt_lag_ms');
    expect(Object.keys(lags)[0]).toMatch(/^\{channel_name="by-dev-rootcoord-dml_\d+"\}$/);
    for (const lagMs of Object.values(lags)) expect(lagMs).toBeLessThan(5_000);
    await server.sdk.dropCollection({ collection_name: name });
  });

  it('shows a silent proxy within an interval of being overdue, then lost, then back', async () => {
    const node = await startNode();
    const delay = `milvus_rootcoord_time_tick_delay{role_name="proxy",node_id="${node.serverId}"}`;
    const active = await scrapeUntil((now) => now.value('milvus_rootcoord_proxy_num') === 2);
    expect(active.value('rootstock_proxies{state="Active"}')).toBe(2);
    expect(active.value(delay)).toBeLessThan(2 * INTERVAL_MS);
    node.isMute = true;
    const lagging = await scrapeUntil(
      (now) => now.value('rootstock_proxies{state="Lagging"}') === 1,
    );
    expect(lagging.value(delay)).toBeGreaterThan(INTERVAL_MS);
    expect(lagging.value('milvus_rootcoord_proxy_num')).toBe(2);
    const lost = await scrapeUntil((now) => now.value('rootstock_proxies{state="Lost"}') === 1);
    expect(lost.value('milvus_rootcoord_proxy_num')).toBe(1);
    expect(lost.value(delay)).toBeGreaterThanOrEqual(LEASE_MS);
    node.isMute = false;
    const back = await scrapeUntil((now) => now.value('rootstock_proxies{state="Active"}') === 2);
    expect(back.value('rootstock_proxies{state="Lost"}')).toBe(0);
    await node.leave();
    const left = await scrapeUntil((now) => now.value('milvus_rootcoord_proxy_num') === 1);
    expect(left.value(delay)).toBeUndefined();
  });

  it('names the proxies whose caches may be out of date', async () => {
    const node = await startNode();
    node.isHanging = true;
    await server.sdk.createCollection(collectionOf(freshName('stale')));
    await scrapeUntil((now) => now.value('rootstock_proxies_unreachable') === 1);
    node.isHanging = false;
    await scrapeUntil((now) => now.value('rootstock_proxies_unreachable') === 0);
  });
});
