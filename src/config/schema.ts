import { z } from 'zod';
import { rootstock } from './schema-rootstock.js';
import { dataCoord, metrics, proxy, queryCoord, rootCoord } from './schema-services.js';
import { etcd, metastore, mq, msgChannel } from './schema-stores.js';
import { choice, duration, flag, limit, notYet, text } from './value-kinds.js';

/**
 * Every key Rootstock reads, under the name Milvus has for it, with its default (facts/rootcoord
 * §21); keys of our own are under `rootstock`. Values go in as text and come out typed. Units are
 * the ones Milvus gives each key; a key without a unit in its name tells it in its comment.
 */
export const configSchema = z.strictObject({
  proxy,
  rootCoord,
  dataCoord,
  queryCoord,
  metrics,
  etcd,
  metastore,
  mq,
  msgChannel,
  common: z.strictObject({
    defaultPartitionName: text(
      '_default',
      '1 to 255 letters, digits, underscores or hyphens, no hyphen first',
      /^[A-Za-z0-9_][A-Za-z0-9_-]{0,254}$/,
    ),
    /** Time ticks: without them channels get none, and nothing waits for any. */
    ttMsgEnabled: flag(true),
    session: z.strictObject({
      /** Lease of a session, seconds: how long a silent member counts as alive. */
      ttl: duration('s', 30, { min: 1, max: 86_400 }),
      /** Attempts to register a session before giving up. */
      retryTimes: limit(30),
    }),
    security: z.strictObject({
      authorizationEnabled: notYet('false'),
      internaltlsEnabled: notYet('false'),
      tlsMode: notYet('0'),
    }),
  }),
  quotaAndLimits: z.strictObject({
    forceDenyAllDDL: notYet('false'),
    limits: z.strictObject({
      maxCollectionNum: limit(65_536),
      maxCollectionNumPerDB: limit(65_536),
    }),
  }),
  log: z.strictObject({
    /** Lines below it are not written. */
    level: choice('info', ['trace', 'debug', 'info', 'warn', 'error', 'panic', 'fatal']).transform(
      (level) => (level === 'panic' ? 'fatal' : level),
    ),
  }),
  rootstock,
});

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** The whole configuration, checked and frozen. */
export type Config = Frozen<z.output<typeof configSchema>>;

/** Dotted names of every key of the schema, in its order. */
export const schemaKeys: readonly string[] = keysBelow(configSchema, '');

function keysBelow(object: z.ZodObject, prefix: string): string[] {
  return Object.entries(object.shape).flatMap(([name, child]) =>
    child instanceof z.ZodObject ? keysBelow(child, `${prefix}${name}.`) : [`${prefix}${name}`],
  );
}
