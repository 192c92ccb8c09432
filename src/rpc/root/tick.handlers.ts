import { CoordError } from '../../domain/errors.js';
import { StatusOk } from '../../domain/status.js';
import { MsgType } from '../../gen/common.js';
import { RootCoordService } from '../../gen/root_coord.js';
import type { RootCoord } from '../../root/root-coord.js';
import { type RpcDeps, unary } from '../unary.js';

/** What proxies report of their time (facts/rootcoord §10.2). */
export function tickHandlers(deps: RpcDeps, root: () => RootCoord) {
  return {
    updateChannelTimeTick: unary(deps, RootCoordService.updateChannelTimeTick, ({ request }) => {
      const { msgType = MsgType.Undefined, sourceID = 0n } = request.base ?? {};
      if (msgType !== MsgType.TimeTick) throw notATimeTick(msgType);
      root().ticks.accept(sourceID, request);
      return StatusOk;
    }),
  };
}

/** The text Milvus has for it, with the names of its message types. */
function notATimeTick(actual: number): CoordError {
  const [name = actual] = Object.entries(MsgType).find(([, type]) => type === actual) ?? [];
  const fields = `[expected=TimeTick][actual=${name}]`;
  return new CoordError('ParameterInvalid', `invalid message type: invalid parameter${fields}`);
}
