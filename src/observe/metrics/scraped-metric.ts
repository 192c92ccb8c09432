import { Counter, Gauge, type Registry } from 'prom-client';

/** One value of a metric, and what tells it from the others. */
export interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** A metric that costs nothing between two scrapes. */
export interface ScrapedMetric {
  readonly kind: 'gauge' | 'counter';
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** Asked at every scrape. What it does not list is not there any more. */
  readonly read: () => Iterable<Sample>;
}

/** As many as there can be physical channels (`rootCoord.dmlChannelNum`); the rest is left out. */
export const SAMPLES_MAX = 4_096;

/**
 * Makes the metric part of what the registry tells. The library would keep values in a map of its
 * own, by label; these are handed on as they are read, which takes a fraction of the time.
 */
export function expose(registry: Registry, { kind, name, help, ...metric }: ScrapedMetric): void {
  const { labelNames = [], read } = metric;
  const options = { name, help, labelNames, registers: [] };
  const told = kind === 'gauge' ? new Gauge(options) : new Counter(options);
  const { get } = told;
  const getNow = async () => ({ ...(await get.call(told)), values: [...firstOf(read())] });
  registry.registerMetric(Object.assign(told, { get: getNow }));
}

function* firstOf(samples: Iterable<Sample>): Generator<Sample> {
  let count = 0;
  for (const sample of samples) {
    if (count === SAMPLES_MAX) return;
    count += 1;
    yield sample;
  }
}
