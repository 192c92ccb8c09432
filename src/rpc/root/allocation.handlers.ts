import { CoordError } from '../../domain/errors.js';
import { StatusOk } from '../../domain/status.js';
import { RootCoordService } from '../../gen/root_coord.js';
import type { RootCoord } from '../../root/root-coord.js';
import { type RpcDeps, unary } from '../unary.js';
import { encodeTimestampReply } from './timestamp-reply.js';

/** Timestamps and ids in blocks (facts/rootcoord §9): the reply names the first and the count. */
export function allocationHandlers(deps: RpcDeps, root: () => RootCoord) {
  return {
    allocTimestamp: unary(deps, RootCoordService.allocTimestamp, ({ request }) => {
      const { count, blockTimestamp } = request;
      const first = root().allocateTimestamps(count, blockTimestamp);
      if (first instanceof Promise) return first.then((late) => encodeTimestampReply(late, count));
      return encodeTimestampReply(first, count);
    }),

    allocId: unary(deps, RootCoordService.allocId, ({ request }) => {
      const { count } = request;
      if (count === 0) throw CoordError.plain('id count should be positive');
      const reply = (ID: bigint) => ({ status: StatusOk, ID, count });
      const first = root().allocateIds(count);
      return first instanceof Promise ? first.then(reply) : reply(first);
    }),
  };
}
