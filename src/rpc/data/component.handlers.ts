import { CoordError } from '../../domain/errors.js';
import { StatusOk } from '../../domain/status.js';
import { DataCoordService } from '../../gen/data_coord.js';
import type { Coordinator } from '../../root/coordinator.js';
import { checkHealth } from '../root/component.handlers.js';
import { type RpcDeps, unary } from '../unary.js';

/** Full names of channels. */
export interface DataChannelNames {
  readonly timeTick: string;
  readonly segmentInfo: string;
}

/** Calls that ask about DataCoord itself, answered in every state (facts/datacoord §3.2). */
export function componentHandlers(
  deps: RpcDeps,
  coordinator: Coordinator,
  names: DataChannelNames,
) {
  const always = { isAlwaysServed: true };
  return {
    getComponentStates: unary(
      deps,
      DataCoordService.getComponentStates,
      () => {
        const { nodeId, stateCode } = coordinator;
        const state = { nodeID: nodeId, role: 'datacoord', stateCode, extraInfo: [] };
        return { state, subcomponentStates: [state], status: StatusOk };
      },
      always,
    ),
    checkHealth: unary(deps, DataCoordService.checkHealth, () => checkHealth(coordinator), always),
    getTimeTickChannel: unary(
      deps,
      DataCoordService.getTimeTickChannel,
      () => ({ status: StatusOk, value: names.timeTick }),
      always,
    ),
    getSegmentInfoChannel: unary(
      deps,
      DataCoordService.getSegmentInfoChannel,
      () => ({ status: StatusOk, value: names.segmentInfo }),
      always,
    ),
    getStatisticsChannel: unary(
      deps,
      DataCoordService.getStatisticsChannel,
      () => {
        throw CoordError.of('ChannelNotFound', {}, 'no statistics channel');
      },
      always,
    ),
  };
}
