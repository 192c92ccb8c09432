import { StatusOk } from '../domain/status.js';
import { ServerInfo } from '../gen/common.js';
import { GetVersionResponse, MilvusServiceService } from '../gen/milvus.js';
import type { Coordinator } from '../root/coordinator.js';
import { checkHealth, componentStates } from '../rpc/root/component.handlers.js';
import { unary } from '../rpc/unary.js';
import type { FrontDeps } from './collection.handlers.js';

export interface ServerVersion {
  /** What clients are shown, e.g. `2.6.0-rootstock-0.1.0`: the era served and who serves it. */
  readonly buildTag: string;
  readonly runtime: string;
}

/** Handshake, version, health and time: what a client asks before anything else (§2.1). */
export function connectionHandlers(
  deps: FrontDeps,
  coordinator: Coordinator,
  { buildTag, runtime }: ServerVersion,
) {
  const { root } = deps;
  const always = { isAlwaysServed: true };
  return {
    connect: unary(deps, MilvusServiceService.connect, async (call) => {
      const databaseName = call.header('dbname');
      if (databaseName !== '') root().databases.describe(databaseName, 0n);
      // Milvus takes a timestamp for it: unique as long as the store lives, and never zero.
      const identifier = await root().allocateTimestamps(1, 0n);
      const serverInfo = ServerInfo.fromPartial({
        buildTags: buildTag,
        goVersion: runtime,
        deployMode: 'STANDALONE',
      });
      return { status: StatusOk, serverInfo, identifier };
    }),

    getVersion: unary(deps, MilvusServiceService.getVersion, () =>
      GetVersionResponse.fromPartial({ status: StatusOk, version: buildTag }),
    ),

    checkHealth: unary(
      deps,
      MilvusServiceService.checkHealth,
      () => checkHealth(coordinator),
      always,
    ),

    getComponentStates: unary(
      deps,
      MilvusServiceService.getComponentStates,
      () => componentStates(coordinator),
      always,
    ),

    allocTimestamp: unary(deps, MilvusServiceService.allocTimestamp, async () => ({
      status: StatusOk,
      timestamp: await root().allocateTimestamps(1, 0n),
    })),
  };
}
