import type { ChannelLag, CollectionCount, ProxyFigure } from '../../ports/root-figures.js';
import { type FiguresNow, readingOf } from './root-reading.js';
import type { Sample, ScrapedMetric } from './scraped-metric.js';

/** Before the names of all of them (facts/rootcoord §10.6). */
export const MILVUS_PREFIX = 'milvus_rootcoord_';

/**
 * RootCoord's own metrics under Milvus' names, labels and units (facts/rootcoord §10.6), as far as
 * there is something to tell. Those about DDL are counted as it happens: see `DdlMetrics`.
 */
export function milvusMetrics(figuresNow: FiguresNow): readonly ScrapedMetric[] {
  return [...clusterMetrics(figuresNow), ...catalogMetrics(figuresNow), ...idMetrics(figuresNow)];
}

/** Proxies and channels. */
function clusterMetrics(figuresNow: FiguresNow): readonly ScrapedMetric[] {
  const { one, each } = readingOf(figuresNow);
  return [
    {
      kind: 'gauge',
      name: `${MILVUS_PREFIX}proxy_num`,
      help: 'proxies that time ticks wait for',
      read: one((figures) => countProxies(figures.proxies())),
    },
    {
      kind: 'gauge',
      name: `${MILVUS_PREFIX}time_tick_delay`,
      help: 'milliseconds since the last time tick of each proxy',
      labelNames: ['role_name', 'node_id'],
      read: each((figures) => mapped(figures.proxies(), silenceOf)),
    },
    {
      kind: 'gauge',
      name: `${MILVUS_PREFIX}produce_tt_lag_ms`,
      help: 'now minus the time tick of each physical channel in use, milliseconds',
      labelNames: ['channel_name'],
      read: each((figures) => mapped(figures.channelLags(), lagOf)),
    },
    {
      kind: 'gauge',
      name: `${MILVUS_PREFIX}dml_channel_num`,
      help: 'physical channels of the pool',
      read: one((figures) => figures.dmlChannels),
    },
  ];
}

function catalogMetrics(figuresNow: FiguresNow): readonly ScrapedMetric[] {
  const { one, each } = readingOf(figuresNow);
  return [
    {
      kind: 'gauge',
      name: `${MILVUS_PREFIX}database_num`,
      help: 'databases',
      read: one((figures) => figures.databases),
    },
    {
      kind: 'gauge',
      name: `${MILVUS_PREFIX}collection_num`,
      help: 'collections of each database',
      labelNames: ['db_name'],
      read: each((figures) => mapped(figures.collectionsByDatabase(), collectionsOf)),
    },
    {
      kind: 'gauge',
      name: `${MILVUS_PREFIX}partition_num`,
      help: 'partitions of all collections',
      read: one((figures) => figures.partitions),
    },
  ];
}

/** What is given out: a timestamp loses its last few bits, a number here is a double. */
function idMetrics(figuresNow: FiguresNow): readonly ScrapedMetric[] {
  const { one } = readingOf(figuresNow);
  return [
    {
      kind: 'counter',
      name: `${MILVUS_PREFIX}id_alloc_count`,
      help: 'ids given out by AllocID',
      read: one((figures) => figures.idsAllocated),
    },
    {
      kind: 'gauge',
      name: `${MILVUS_PREFIX}timestamp`,
      help: 'where hybrid timestamps are now',
      read: one((figures) => Number(figures.timestamp)),
    },
    {
      kind: 'gauge',
      name: `${MILVUS_PREFIX}timestamp_saved`,
      help: 'unix time that is saved as the end of timestamps, seconds',
      read: one((figures) => figures.timestampSavedMs / 1000),
    },
  ];
}

function* mapped<T>(items: Iterable<T>, sampleOf: (item: T) => Sample): Generator<Sample> {
  for (const item of items) yield sampleOf(item);
}

function countProxies(proxies: Iterable<ProxyFigure>): number {
  let count = 0;
  for (const { standing } of proxies) if (standing !== 'Lost') count += 1;
  return count;
}

const silenceOf = ({ serverId, silentForMs }: ProxyFigure): Sample => ({
  labels: { role_name: 'proxy', node_id: `${serverId}` },
  value: silentForMs,
});

const lagOf = ({ channelName, lagMs }: ChannelLag): Sample => ({
  labels: { channel_name: channelName },
  value: lagMs,
});

const collectionsOf = ({ databaseName, collections }: CollectionCount): Sample => ({
  labels: { db_name: databaseName },
  value: collections,
});
