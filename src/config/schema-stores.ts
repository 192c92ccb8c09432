import { z } from 'zod';
import { choice, duration, endpoints, notYet, text } from './value-kinds.js';

/** One or more path segments; keys are built by putting a `/` after it. */
const keyPath = (byDefault: string) =>
  text(
    byDefault,
    'a path such as by-dev or team/by-dev, without // and without / at the end',
    /^\/?[^/\s]+(?:\/[^/\s]+)*$/,
  );

/** Words a physical channel's name is made of; the longest name file systems take is 255. */
const channelWord = (byDefault: string) =>
  text(
    byDefault,
    '1 to 100 letters, digits, hyphens, underscores or dots',
    /^[A-Za-z0-9_.-]{1,100}$/,
  );

/** Roots of every key: `<rootPath>/<metaSubPath>` and `<rootPath>/<kvSubPath>` (facts/rootcoord §17). */
export const etcd = z.strictObject({
  endpoints: endpoints('localhost:2379'),
  rootPath: keyPath('by-dev'),
  metaSubPath: keyPath('meta'),
  kvSubPath: keyPath('kv'),
  /** How long one call to etcd may take, milliseconds. */
  requestTimeout: duration('ms', 10_000, { min: 100, max: 600_000 }),
  auth: z.strictObject({ enabled: notYet('false') }),
  ssl: z.strictObject({ enabled: notYet('false') }),
});

/** Where metadata lives; see `withFallbacks` for what decides when it is not said. */
export const metastore = z.strictObject({
  type: choice('embedded', ['embedded', 'etcd']),
});

/** `<cluster>-<word>` begins each channel's name (facts/rootcoord §11.1). */
export const msgChannel = z.strictObject({
  chanNamePrefix: z.strictObject({
    cluster: channelWord('by-dev'),
    rootCoordTimeTick: channelWord('rootcoord-timetick'),
    rootCoordStatistics: channelWord('rootcoord-statistics'),
    rootCoordDml: channelWord('rootcoord-dml'),
    rootCoordDelta: channelWord('rootcoord-delta'),
    dataCoordTimeTick: channelWord('datacoord-timetick-channel'),
    dataCoordSegmentInfo: channelWord('segment-info-channel'),
  }),
});

/**
 * Where the physical channels live. `default` and `rocksmq`, the words of a stand-alone Milvus for a
 * log of its own, mean the embedded one.
 */
export const mq = z.strictObject({
  type: choice('embedded', ['embedded', 'default', 'rocksmq', 'natsmq']).transform((type) =>
    type === 'natsmq' ? type : 'embedded',
  ),
});
