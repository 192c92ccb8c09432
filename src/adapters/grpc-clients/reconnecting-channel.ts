/**
 * Options of a channel to a server that may come and go: it is looked for again at least every
 * second, so an outage ends soon after it does.
 */
export const RECONNECTING_CHANNEL = {
  'grpc.enable_channelz': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
};
