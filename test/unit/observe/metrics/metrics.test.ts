import { describe, expect, it } from 'vitest';
import { timestamp } from '../../../../src/domain/timestamp.js';
import { Metrics, type MetricsDeps } from '../../../../src/observe/metrics/metrics.js';
import { SAMPLES_MAX } from '../../../../src/observe/metrics/scraped-metric.js';
import type { RootFigures } from '../../../../src/ports/root-figures.js';
import { MetricsScrape } from '../../../kit/metrics-scrape.js';
import { VirtualClock } from '../../../kit/virtual-clock.js';

const aProxy = (serverId: bigint, standing: string, silentForMs: number) => ({
  serverId,
  standing,
  silentForMs,
});

const FIGURES: RootFigures = {
  databases: 2,
  collectionsByDatabase: () => [
    { databaseName: 'default', collections: 3 },
    { databaseName: 'zoo', collections: 0 },
  ],
  partitions: 17,
  dmlChannels: 16,
  channelLags: () => [{ channelName: 'by-dev-rootcoord-dml_0', lagMs: 230 }],
  proxies: () => [
    aProxy(1n, 'Active', 50),
    aProxy(450_000_000_000_000_001n, 'Lagging', 700),
    aProxy(3n, 'Lost', 9_000),
  ],
  unreachableProxies: 1,
  idsAllocated: 1_000,
  timestamp: timestamp(1_700_000_000_000, 0),
  timestampSavedMs: 1_700_000_003_500,
  ddlQueueLength: 4,
  residentCollections: 5,
  residentPartitions: 6,
  journalSequence: 42n,
};

function metricsOf(differences: Partial<MetricsDeps> = {}) {
  const clock = new VirtualClock();
  const metrics = new Metrics({
    figures: () => FIGURES,
    stateCode: () => 1,
    longestTurn: () => undefined,
    clock,
    ...differences,
  });
  const scrape = async () => new MetricsScrape(await metrics.scrape(), metrics.contentType);
  return { metrics, clock, scrape };
}

describe('metrics read at a scrape', () => {
  it('have the names, labels and units of Milvus', async () => {
    const scrape = await metricsOf().scrape();
    expect(scrape.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    const figures = [
      ['proxy_num', { '': 2 }],
      [
        'time_tick_delay',
        {
          '{role_name="proxy",node_id="1"}': 50,
          '{role_name="proxy",node_id="450000000000000001"}': 700,
          '{role_name="proxy",node_id="3"}': 9_000,
        },
      ],
      ['produce_tt_lag_ms', { '{channel_name="by-dev-rootcoord-dml_0"}': 230 }],
      ['dml_channel_num', { '': 16 }],
      ['database_num', { '': 2 }],
      ['collection_num', { '{db_name="default"}': 3, '{db_name="zoo"}': 0 }],
      ['partition_num', { '': 17 }],
      ['id_alloc_count', { '': 1_000 }],
      ['timestamp', { '': Number(FIGURES.timestamp) }],
      ['timestamp_saved', { '': 1_700_000_003.5 }],
    ] as const;
    for (const [name, samples] of figures) {
      expect(scrape.samples(`milvus_rootcoord_${name}`), name).toEqual(samples);
    }
  });

  it('tell how the coordinator is under names of our own', async () => {
    const longestTurn = () => ({ blockedMs: 12.5, cpuMs: 8 });
    const scrape = await metricsOf({ longestTurn }).scrape();
    const figures = [
      ['coordinator_state', { '': 1 }],
      [
        'proxies',
        {
          '{state="Joining"}': 0,
          '{state="Active"}': 1,
          '{state="Lagging"}': 1,
          '{state="Lost"}': 1,
        },
      ],
      ['proxies_unreachable', { '': 1 }],
      ['ddl_queue_length', { '': 4 }],
      ['resident_actors', { '{kind="collection"}': 5, '{kind="partition"}': 6 }],
      ['journal_sequence', { '': 42 }],
      ['event_loop_longest_turn_ms', { '{of="blocked"}': 12.5, '{of="cpu"}': 8 }],
    ] as const;
    for (const [name, samples] of figures) {
      expect(scrape.samples(`rootstock_${name}`), name).toEqual(samples);
    }
  });

  it('have no value while RootCoord does not serve, but for the state', async () => {
    const scrape = await metricsOf({ figures: () => undefined, stateCode: () => 3 }).scrape();
    const told = scrape.names.filter((name) => Object.keys(scrape.samples(name)).length > 0);
    expect(told).toEqual(['rootstock_coordinator_state']);
    expect(scrape.value('rootstock_coordinator_state')).toBe(3);
  });

  it('forget what is there no more', async () => {
    let proxies = FIGURES.proxies();
    const { scrape } = metricsOf({ figures: () => ({ ...FIGURES, proxies: () => proxies }) });
    await scrape();
    proxies = [aProxy(1n, 'Active', 80)];
    const { '{role_name="proxy",node_id="1"}': delay, ...others } = (await scrape()).samples(
      'milvus_rootcoord_time_tick_delay',
    );
    expect([delay, others]).toEqual([80, {}]);
  });

  it('list no more than there can be channels', async () => {
    const lags = Array.from({ length: SAMPLES_MAX + 1 }, (_, i) => ({
      channelName: `c_${i}`,
      lagMs: i,
    }));
    const { scrape } = metricsOf({ figures: () => ({ ...FIGURES, channelLags: () => lags }) });
    const told = (await scrape()).samples('milvus_rootcoord_produce_tt_lag_ms');
    expect(Object.keys(told)).toHaveLength(SAMPLES_MAX);
  });

  it('are apart for two servers of one process', async () => {
    const [one, other] = [metricsOf(), metricsOf({ stateCode: () => 2 })];
    expect((await one.scrape()).value('rootstock_coordinator_state')).toBe(1);
    expect((await other.scrape()).value('rootstock_coordinator_state')).toBe(2);
  });
});

describe('metrics of DDL', () => {
  const count = (functionName: string, status: string) =>
    `milvus_rootcoord_ddl_req_count{function_name="${functionName}",status="${status}"}`;
  const latency = (functionName: string, part: string) =>
    `milvus_rootcoord_ddl_req_latency_${part}{function_name="${functionName}"}`;

  it('count a request when it is asked for and once more when it ended', async () => {
    const { metrics, clock, scrape } = metricsOf();
    let settle = () => {};
    const outcome = new Promise<void>((resolve) => {
      settle = resolve;
    });
    metrics.ddl.asked('createCollection', outcome);
    const under = await scrape();
    expect(under.value(count('CreateCollection', 'total'))).toBe(1);
    expect(under.value(count('CreateCollection', 'success'))).toBeUndefined();
    await clock.advance(20);
    settle();
    await outcome;
    const after = await scrape();
    expect(after.value(count('CreateCollection', 'total'))).toBe(1);
    expect(after.value(count('CreateCollection', 'success'))).toBe(1);
    expect(after.value(latency('CreateCollection', 'sum'))).toBe(20);
  });

  it('count a refusal as a failure that has no latency', async () => {
    const { metrics, scrape } = metricsOf();
    const outcome = Promise.reject(new Error('refused'));
    metrics.ddl.asked('renameCollection', outcome);
    await outcome.catch(() => {});
    const told = await scrape();
    expect(told.value(count('RenameCollection', 'fail'))).toBe(1);
    expect(told.value(latency('RenameCollection', 'count'))).toBeUndefined();
  });

  it('tell how long it waited for its turn, in buckets from 1 ms to 131 s', async () => {
    const { metrics, scrape } = metricsOf();
    metrics.ddl.begun('dropAlias', 3);
    const told = await scrape();
    const bucket = (le: string) =>
      told.value(
        `milvus_rootcoord_ddl_req_latency_in_queue_bucket{le="${le}",function_name="DropAlias"}`,
      );
    expect(['1', '2', '4', '131072', '+Inf'].map(bucket)).toEqual([0, 0, 1, 1, 1]);
  });
});
