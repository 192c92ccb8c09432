import { Counter, exponentialBuckets, Histogram, type Registry } from 'prom-client';
import type { Clock } from '../../ports/clock.js';
import type { DdlObserver } from '../../ports/ddl-observer.js';
import { MILVUS_PREFIX } from './milvus-metrics.js';

/** 1 ms, doubled up to 131 s: the buckets of every duration in Milvus. */
const BUCKETS_MS = exponentialBuckets(1, 2, 18);
const FUNCTION = 'function_name';
const STATUS = 'status';

/**
 * The DDL clients ask for, counted as it happens, under Milvus' names (facts/rootcoord §10.6). As in
 * Milvus what was refused is counted and its latency is not: it would make all look fast.
 */
export class DdlMetrics implements DdlObserver {
  readonly #clock: Clock;
  readonly #requests: Counter;
  readonly #latency: Histogram;
  readonly #latencyInQueue: Histogram;

  constructor(registry: Registry, clock: Clock) {
    const registers = [registry];
    this.#clock = clock;
    this.#requests = new Counter({
      name: `${MILVUS_PREFIX}ddl_req_count`,
      help: 'DDL requests: total, and how they ended',
      labelNames: [FUNCTION, STATUS],
      registers,
    });
    this.#latency = new Histogram({
      name: `${MILVUS_PREFIX}ddl_req_latency`,
      help: 'milliseconds of a DDL that succeeded',
      labelNames: [FUNCTION],
      buckets: BUCKETS_MS,
      registers,
    });
    this.#latencyInQueue = new Histogram({
      name: `${MILVUS_PREFIX}ddl_req_latency_in_queue`,
      help: 'milliseconds a DDL waited for its turn',
      labelNames: [FUNCTION],
      buckets: BUCKETS_MS,
      registers,
    });
  }

  asked(operation: string, outcome: Promise<unknown>): void {
    const name = functionNameOf(operation);
    const askedMs = this.#clock.monotonicMs();
    this.#requests.inc({ [FUNCTION]: name, [STATUS]: 'total' });
    const succeed = () => {
      this.#requests.inc({ [FUNCTION]: name, [STATUS]: 'success' });
      this.#latency.observe({ [FUNCTION]: name }, this.#clock.monotonicMs() - askedMs);
    };
    const fail = () => this.#requests.inc({ [FUNCTION]: name, [STATUS]: 'fail' });
    void outcome.then(succeed, fail);
  }

  begun(operation: string, waitedMs: number): void {
    this.#latencyInQueue.observe({ [FUNCTION]: functionNameOf(operation) }, waitedMs);
  }
}

/** `createCollection` is the call CreateCollection. */
const functionNameOf = (operation: string): string =>
  `${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
