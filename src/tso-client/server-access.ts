import type { ChannelCredentials, ChannelOptions } from '@grpc/grpc-js';

/** A connection that swallows packets is noticed this soon, also while nobody asks. */
const KEEPALIVE_MS = 20_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;

/** Where a server is and how to get in. */
export interface ServerAccess {
  /** `host:port`. */
  readonly address: string;
  readonly credentials: ChannelCredentials;
  /** When a single call that begins now is given up, in milliseconds since the epoch. */
  deadlineMs(): number;
}

/** Every source has a connection of its own, so that leaving a server really leaves it. */
export const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.keepalive_time_ms': KEEPALIVE_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  'grpc.enable_channelz': 0,
};
