import { DEFAULT_SCHEMA_LIMITS, type SchemaLimits } from '../domain/schema/schema-limits.js';
import type { Config } from './schema.js';

/** Milvus' keys in the terms of the domain. */
export function schemaLimits({ proxy, rootCoord, rootstock }: Config): SchemaLimits {
  const { maxNameLength, maxFieldNum, maxVectorFieldNum, maxShardNum } = proxy;
  const { maxDimension, maxVarCharLength, mustUsePartitionKey } = proxy;
  return {
    ...DEFAULT_SCHEMA_LIMITS,
    maxNameLength,
    maxFieldNum,
    maxVectorFieldNum,
    maxShardNum,
    maxDimension,
    maxVarCharLength,
    mustUsePartitionKey,
    maxPartitionNum: rootCoord.maxPartitionNum,
    defaultPartitionNum: rootstock.defaultPartitionNum,
  };
}
