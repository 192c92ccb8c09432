import { CoordError } from '../../domain/errors.js';
import type { Timestamp } from '../../domain/timestamp.js';
import { TimestampServiceService } from '../../gen/timestamps.js';
import type { RootCoord } from '../../root/root-coord.js';
import { Exchange } from '../exchange.js';
import type { ServiceBinding } from '../server.js';
import type { RpcDeps } from '../unary.js';

const LIMITS = {
  /** A client opens one stream and keeps it: one for each process of a large cluster. */
  streamsMax: 4_096,
  /** Clients of ours have 16 at most under way. */
  outstandingMax: 64,
};

/** Who hands out timestamps: the coordinator. */
export interface TimestampGiver {
  /** @throws CoordError `ServiceNotReady` unless requests can be served. */
  readonly rootCoord: Pick<RootCoord, 'allocateTimestamps'>;
  /** Settles when it never serves again. */
  readonly ended: Promise<unknown>;
}

/**
 * `rootstock.control.v1.TimestampService`: blocks of timestamps over a stream that stays open. The
 * streams end with the coordinator, and clients come again to whoever serves then.
 */
export function timestampService(deps: RpcDeps, giver: TimestampGiver): ServiceBinding {
  const { allocate } = TimestampServiceService;
  const exchange = new Exchange(deps, allocate, LIMITS, ({ count }) => {
    const answer = (timestamp: Timestamp) => ({ timestamp, count, refusal: undefined });
    const first = giver.rootCoord.allocateTimestamps(count, 0n);
    return first instanceof Promise ? first.then(answer) : answer(first);
  });
  void giver.ended.then(() =>
    exchange.endAll(CoordError.of('ServiceNotReady', {}, 'the coordinator has stopped')),
  );
  return {
    name: 'rootstock.control.v1.TimestampService',
    definition: TimestampServiceService,
    handlers: { allocate: exchange.handler },
  };
}
