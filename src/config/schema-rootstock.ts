import { z } from 'zod';
import { LOOPBACK } from './schema-services.js';
import { bytes, count, duration, endpoints, flag, ip, limit, port, text } from './value-kinds.js';

/** Keys Milvus does not have. */
export const rootstock = z.strictObject({
  /** Directory of the embedded store and logs; relative to the working directory. */
  dataDir: text('./data', 'the path of a directory', /^[^\0]+$/),
  /** Address every service listens at whose own `ip` is not said. The inspector has its own. */
  bind: ip(LOOPBACK),
  /** Partitions a collection with a partition key gets unasked; a constant in Milvus. */
  defaultPartitionNum: count(16, { min: 1, max: 4_096 }),
  /** Milliseconds; facts/rootcoord §18. */
  tso: z.strictObject({
    /** How often the physical part follows the clock. */
    updateInterval: duration('ms', 50, { min: 1, max: 1_000 }),
    /** How far ahead of the clock the saved bound is; as long as a restart may have to wait. */
    saveInterval: duration('ms', 3_000, { min: 100, max: 30_000 }),
  }),
  history: z.strictObject({
    /** How far back time-travel reads reach; a year of journal is the most one store should keep. */
    retentionSeconds: duration('s', 86_400, { min: 0, max: 31_536_000 }),
  }),
  undrop: z.strictObject({
    /**
     * How long a drop can be taken back before its data and keys go; Milvus asks for the first
     * time whether they may go after 20 minutes (facts/rootcoord §5.2).
     */
    keepSeconds: duration('s', 1_200, { min: 0, max: 31_536_000 }),
    /**
     * Drops of collections kept at most, and as many of partitions; past it the oldest become final
     * sooner. Each takes 2–10 kB: a client that creates and drops all day must not fill the memory.
     */
    keptMax: count(10_000, { min: 1, max: 1_000_000 }),
  }),
  /** What the physical channels forget by themselves; whatever comes first. */
  messages: z.strictObject({
    /** Three days, as a stand-alone Milvus keeps them. */
    retentionSeconds: duration('s', 259_200, { min: 1, max: 31_536_000 }),
    /** Of one channel; a day of ticks is some 35 MiB. */
    retentionBytes: bytes(64 * 2 ** 20, { min: 2 ** 20, max: 2 ** 40 }),
  }),
  /** The servers of `mq.type: natsmq`; Milvus starts one in its own process instead. */
  nats: z.strictObject({
    servers: endpoints('localhost:4222'),
    /** Copies of every message on as many servers. */
    replicas: count(1, { min: 1, max: 5 }),
  }),
  /** Proxies of other processes; milliseconds. */
  proxies: z.strictObject({
    /** How long one that joins may hold the time ticks before its first report. */
    joinGrace: duration('ms', 2_000, { min: 1, max: 60_000 }),
    /** How long one that does not answer may hold a DDL, the first time. */
    invalidateTimeout: duration('ms', 1_000, { min: 1, max: 60_000 }),
  }),
  ddl: z.strictObject({
    /** DDL commands that may wait; Milvus' own queue has this length (facts/rootcoord §21). */
    queueLengthMax: count(10_240, { min: 1, max: 1_000_000 }),
  }),
  collections: z.strictObject({
    /** Collection actors kept in memory; each takes 2–4 kB. */
    residentMax: limit(512),
  }),
  /** The page that shows actors live: loopback only, behind a token made at every start. */
  inspect: z.strictObject({
    enabled: flag(false),
    ip: ip(LOOPBACK),
    port: port(9_092),
  }),
  eventLoop: z.strictObject({
    /** A turn of the event loop that takes longer is logged as a warning; milliseconds. */
    blockedWarning: duration('ms', 50, { min: 1, max: 60_000 }),
  }),
  limits: z.strictObject({
    /** Largest control-plane request; gRPC's own default, far above the largest legal schema. */
    requestBytesMax: bytes(4 * 2 ** 20, { min: 1_024, max: 512 * 2 ** 20 }),
  }),
});
