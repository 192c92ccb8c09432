import { z } from 'zod';
import { bytes, count, duration, flag, ip, limit, port, server } from './value-kinds.js';

/** Nothing is reachable from other machines until somebody says so. */
export const LOOPBACK = '127.0.0.1';

const MIB = 2 ** 20;

/** Below 1 KiB no real request fits; above int32 Node cannot hold the buffer. */
const MESSAGE_BYTES = { min: 1_024, max: 2_147_483_647 };

/** Largest gRPC message of a service, and of the clients that call it; bytes. */
const grpc = (mib: {
  serverSend: number;
  serverRecv: number;
  clientSend: number;
  clientRecv: number;
}) =>
  z.strictObject({
    serverMaxSendSize: bytes(mib.serverSend * MIB, MESSAGE_BYTES),
    serverMaxRecvSize: bytes(mib.serverRecv * MIB, MESSAGE_BYTES),
    clientMaxSendSize: bytes(mib.clientSend * MIB, MESSAGE_BYTES),
    clientMaxRecvSize: bytes(mib.clientRecv * MIB, MESSAGE_BYTES),
  });

const coordinatorGrpc = grpc({
  serverSend: 512,
  serverRecv: 256,
  clientSend: 256,
  clientRecv: 512,
});

/** An hour: who waits longer for a graceful stop wants no limit, and a stop must end. */
const STOP_SECONDS = { min: 0, max: 3_600 };

/** The public Milvus service and what it lets through (facts/rootcoord §19, §21). */
export const proxy = z.strictObject({
  /** Address to listen at. */
  ip: ip(LOOPBACK),
  port: port(19_530),
  /** Longest name of a collection, alias, partition, database, field or role; UTF-8 bytes. */
  maxNameLength: count(255, { min: 1, max: 1_024 }),
  maxFieldNum: limit(64),
  maxVectorFieldNum: limit(4),
  maxShardNum: limit(16),
  maxDimension: limit(32_768, 2),
  maxVarCharLength: limit(65_535),
  mustUsePartitionKey: flag(false),
  /** Requests that may wait at the front; further ones are refused, retriable. */
  maxTaskNum: limit(1_024),
  /** How often a proxy tells its time tick, milliseconds. */
  timeTickInterval: duration('ms', 200, { min: 1, max: 60_000 }),
  /** DDL requests under way at once from the front. */
  ddlConcurrency: count(16, { min: 1, max: 1_024 }),
  /** How long CheckHealth waits for the coordinators, milliseconds. */
  healthCheckTimeout: duration('ms', 3_000, { min: 1, max: 600_000 }),
  grpc: grpc({ serverSend: 256, serverRecv: 64, clientSend: 256, clientRecv: 64 }),
});

/** RootCoord (facts/rootcoord §21). */
export const rootCoord = z.strictObject({
  ip: ip(LOOPBACK),
  port: port(53_100),
  /**
   * Physical DML channels. Safe time keeps a cell per channel and proxy: 4 096 channels and 1 024
   * proxies are 4 million cells, as many as one process should hold.
   */
  dmlChannelNum: count(16, { min: 1, max: 4_096 }),
  /** Partitions of one collection; 0 or 1 forbids new ones. */
  maxPartitionNum: limit(1_024, 0),
  maxDatabaseNum: limit(64),
  /** Sum over all collections of partitions × shards. */
  maxGeneralCapacity: limit(65_536),
  /** How long a stop may take, seconds. */
  gracefulStopTimeout: duration('s', 5, STOP_SECONDS),
  grpc: coordinatorGrpc,
});

/** DataCoord (facts/datacoord §20). */
export const dataCoord = z.strictObject({
  ip: ip(LOOPBACK),
  port: port(13_333),
  gracefulStopTimeout: duration('s', 5, STOP_SECONDS),
  grpc: coordinatorGrpc,
});

/**
 * A QueryCoord in another process, which loads are handed to. Its keys are those its own callers
 * read in Milvus: 2.0 and 2.1 had `address` and `port`.
 */
export const queryCoord = z.strictObject({
  /** Host, or host:port. `none`: loads are noted in this process's ledger. */
  address: server(),
  /** Where `address` does not say one. */
  port: count(19_531, { min: 1, max: 65_535 }),
  grpc: z.strictObject({
    clientMaxSendSize: bytes(256 * MIB, MESSAGE_BYTES),
    clientMaxRecvSize: bytes(512 * MIB, MESSAGE_BYTES),
  }),
});

/** Health and metrics over HTTP; `METRICS_PORT` is Milvus' own variable for the port. */
export const metrics = z.strictObject({
  ip: ip(LOOPBACK),
  port: port(9_091),
});
