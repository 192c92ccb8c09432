import { setImmediate } from 'node:timers/promises';
import { Registry } from 'prom-client';
import type { Clock } from '../../ports/clock.js';
import type { DdlObserver } from '../../ports/ddl-observer.js';
import { DdlMetrics } from './ddl-metrics.js';
import { milvusMetrics } from './milvus-metrics.js';
import type { FiguresNow } from './root-reading.js';
import { type ProcessReading, processMetrics, rootMetrics } from './rootstock-metrics.js';
import { expose } from './scraped-metric.js';

export interface MetricsDeps extends ProcessReading {
  readonly figures: FiguresNow;
  readonly clock: Clock;
}

/** Everything this process tells Prometheus, in the text format. */
export class Metrics {
  readonly #registry = new Registry();
  /** Counts DDL as it happens; everything else is read when asked for. */
  readonly ddl: DdlObserver;

  constructor(deps: MetricsDeps) {
    this.ddl = new DdlMetrics(this.#registry, deps.clock);
    const { figures } = deps;
    const scraped = [...milvusMetrics(figures), ...rootMetrics(figures), ...processMetrics(deps)];
    for (const metric of scraped) expose(this.#registry, metric);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** One metric a turn of the event loop: each may have thousands of lines. */
  async scrape(): Promise<string> {
    const parts: string[] = [];
    for (const { name } of this.#registry.getMetricsAsArray()) {
      parts.push(await this.#registry.getSingleMetricAsString(name));
      await setImmediate();
    }
    return `${parts.join('\n\n')}\n`;
  }
}
