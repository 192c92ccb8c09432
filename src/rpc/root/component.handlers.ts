import { CoordError } from '../../domain/errors.js';
import { StatusOk, statusOf } from '../../domain/status.js';
import { CheckHealthResponse, type ComponentStates } from '../../gen/milvus.js';
import { RootCoordService } from '../../gen/root_coord.js';
import type { Coordinator } from '../../root/coordinator.js';
import { type RpcDeps, unary } from '../unary.js';

export interface ChannelNames {
  /** e.g. `by-dev-rootcoord-timetick`; vestigial, but asked for (facts/rootcoord §11.1). */
  readonly timeTick: string;
  readonly statistics: string;
}

/** State of the one component, told in every state (facts/rootcoord §16). */
export function componentStates({ nodeId, stateCode }: Coordinator): ComponentStates {
  const state = { nodeID: nodeId, role: 'rootcoord', stateCode, extraInfo: [] };
  return { state, subcomponentStates: [state], status: StatusOk };
}

/** Healthy, or why not; the call itself succeeds only when the coordinator serves (§16). */
export function checkHealth(coordinator: Coordinator): CheckHealthResponse {
  if (coordinator.stateName === 'Healthy') {
    const { ticks, proxies } = coordinator.rootCoord;
    const reasons = [...ticks.reasons, ...(proxies?.reasons ?? [])];
    const isHealthy = reasons.length === 0;
    return CheckHealthResponse.fromPartial({ status: StatusOk, isHealthy, reasons });
  }
  const { nodeId, stateName } = coordinator;
  const reason = `serverID=${nodeId}: ${stateName}`;
  const error = CoordError.of('ServiceNotReady', { rootcoord: nodeId }, stateName);
  return CheckHealthResponse.fromPartial({ status: statusOf(error), reasons: [reason] });
}

/** Calls that ask about RootCoord itself. */
export function componentHandlers(deps: RpcDeps, coordinator: Coordinator, names: ChannelNames) {
  const always = { isAlwaysServed: true };
  return {
    getComponentStates: unary(
      deps,
      RootCoordService.getComponentStates,
      () => componentStates(coordinator),
      always,
    ),
    checkHealth: unary(deps, RootCoordService.checkHealth, () => checkHealth(coordinator), always),
    getTimeTickChannel: unary(
      deps,
      RootCoordService.getTimeTickChannel,
      () => ({ status: StatusOk, value: names.timeTick }),
      always,
    ),
    getStatisticsChannel: unary(
      deps,
      RootCoordService.getStatisticsChannel,
      () => ({ status: StatusOk, value: names.statistics }),
      always,
    ),
  };
}
