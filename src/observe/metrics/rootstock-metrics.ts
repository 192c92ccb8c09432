import type { ProxyFigure, RootFigures } from '../../ports/root-figures.js';
import type { LoopTurn } from '../loop-delay.js';
import { type FiguresNow, readingOf } from './root-reading.js';
import type { Sample, ScrapedMetric } from './scraped-metric.js';

const PREFIX = 'rootstock_';

/** Those a session rests in; each is told even when no proxy is in it. */
const STANDINGS = ['Joining', 'Active', 'Lagging', 'Lost'];

/** What Milvus has no name for: how the coordinator itself is. */
export function rootMetrics(figuresNow: FiguresNow): readonly ScrapedMetric[] {
  const { one, each } = readingOf(figuresNow);
  return [
    {
      kind: 'gauge',
      name: `${PREFIX}proxies`,
      help: 'proxies by the state of their session: Lagging is silent, Lost is excluded',
      labelNames: ['state'],
      read: each((figures) => countByStanding(figures.proxies())),
    },
    {
      kind: 'gauge',
      name: `${PREFIX}proxies_unreachable`,
      help: 'proxies whose caches may be out of date',
      read: one((figures) => figures.unreachableProxies),
    },
    {
      kind: 'gauge',
      name: `${PREFIX}ddl_queue_length`,
      help: 'DDL that waits for its turn',
      read: one((figures) => figures.ddlQueueLength),
    },
    {
      kind: 'gauge',
      name: `${PREFIX}resident_actors`,
      help: 'lifecycle actors in memory',
      labelNames: ['kind'],
      read: each(residentActors),
    },
    {
      kind: 'counter',
      name: `${PREFIX}journal_sequence`,
      help: 'number of the newest change in the journal',
      read: one((figures) => Number(figures.journalSequence)),
    },
  ];
}

export interface ProcessReading {
  /** In the numbers of GetComponentStates (facts/rootcoord §16). */
  readonly stateCode: () => number;
  /** Undefined until the loop is watched. */
  readonly longestTurn: () => LoopTurn | undefined;
}

/** What is known even while RootCoord does not serve. */
export const processMetrics = (reading: ProcessReading): readonly ScrapedMetric[] => [
  {
    kind: 'gauge',
    name: `${PREFIX}coordinator_state`,
    help: '0 initializing, 1 healthy, 2 abnormal, 3 standby, 4 stopping',
    read: () => [{ labels: {}, value: reading.stateCode() }],
  },
  {
    kind: 'gauge',
    name: `${PREFIX}event_loop_longest_turn_ms`,
    help: 'longest turn of the event loop so far: what it kept others waiting, what it computed',
    labelNames: ['of'],
    read: () => turnSamples(reading.longestTurn()),
  },
];

function countByStanding(proxies: Iterable<ProxyFigure>): readonly Sample[] {
  const counts = new Map(STANDINGS.map((standing) => [standing, 0]));
  for (const { standing } of proxies) {
    const count = counts.get(standing);
    if (count !== undefined) counts.set(standing, count + 1);
  }
  return Array.from(counts, ([state, value]) => ({ labels: { state }, value }));
}

const residentActors = (figures: RootFigures): readonly Sample[] => [
  { labels: { kind: 'collection' }, value: figures.residentCollections },
  { labels: { kind: 'partition' }, value: figures.residentPartitions },
];

const turnSamples = (turn: LoopTurn | undefined): readonly Sample[] =>
  turn
    ? [
        { labels: { of: 'blocked' }, value: turn.blockedMs },
        { labels: { of: 'cpu' }, value: turn.cpuMs },
      ]
    : [];
