/** What an operator may set, named as in Milvus' configuration (facts/rootcoord §21). */
export interface SchemaLimits {
  /** Bytes of UTF-8. */
  readonly maxNameLength: number;
  /** Fields, struct arrays and their members together. */
  readonly maxFieldNum: number;
  readonly maxVectorFieldNum: number;
  readonly maxShardNum: number;
  /** Elements of a dense vector; bits of a binary vector are eight times as many. */
  readonly maxDimension: number;
  /** Bytes of UTF-8 one VarChar may hold. */
  readonly maxVarCharLength: number;
  readonly maxArrayCapacity: number;
  readonly maxPartitionNum: number;
  /** Partitions of a partition-key collection that names no number. */
  readonly defaultPartitionNum: number;
  readonly mustUsePartitionKey: boolean;
  /** `common.enableMaterializedView`: without it partition-key isolation is refused. */
  readonly enableMaterializedView: boolean;
}

/** Milvus' own defaults (late 2.4). */
export const DEFAULT_SCHEMA_LIMITS: SchemaLimits = {
  maxNameLength: 255,
  maxFieldNum: 64,
  maxVectorFieldNum: 4,
  maxShardNum: 16,
  maxDimension: 32768,
  maxVarCharLength: 65535,
  maxArrayCapacity: 4096,
  maxPartitionNum: 1024,
  defaultPartitionNum: 16,
  mustUsePartitionKey: false,
  enableMaterializedView: false,
};
