import { DataType } from '../../gen/schema.js';
import { echo } from '../errors.js';
import { badIndexParams } from './bad-index-params.js';

interface MetricFamily {
  readonly metrics: readonly string[];
  /** Finishes the sentence that refuses another one. */
  readonly refuse: (metric: string) => string;
}

const family = (metrics: readonly string[], what: string): MetricFamily => ({
  metrics,
  refuse: (metric) => `${what} index does not support metric type: ${metric}`,
});

const DENSE_METRICS = ['L2', 'IP', 'COSINE'];
const FLOAT = family(DENSE_METRICS, 'float vector');

const FAMILIES: ReadonlyMap<DataType, MetricFamily> = new Map<DataType, MetricFamily>([
  [DataType.FloatVector, FLOAT],
  [DataType.Float16Vector, FLOAT],
  [DataType.BFloat16Vector, FLOAT],
  [DataType.Int8Vector, family(DENSE_METRICS, 'int vector')],
  [
    DataType.BinaryVector,
    family(['HAMMING', 'JACCARD', 'SUBSTRUCTURE', 'SUPERSTRUCTURE', 'MHJACCARD'], 'binary vector'),
  ],
  [
    DataType.SparseFloatVector,
    {
      metrics: ['IP', 'BM25'],
      refuse: () => 'only IP&BM25 is the supported metric type for sparse index',
    },
  ],
  [
    DataType.ArrayOfVector,
    family(
      ['', '_IP', '_L2', '_COSINE', '_HAMMING', '_JACCARD'].map((suffix) => `MAX_SIM${suffix}`),
      'embedding list',
    ),
  ],
]);

/** Refuses, with code 1100, a metric that vectors of this type have not. */
export function checkMetric(dataType: DataType, metric: string): void {
  const allowed = FAMILIES.get(dataType);
  if (!allowed || allowed.metrics.includes(metric)) return;
  throw badIndexParams(allowed.refuse(echo(metric)));
}
