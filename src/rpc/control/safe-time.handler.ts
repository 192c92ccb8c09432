import { ControlServiceService, WatchSafeTimeResponse } from '../../gen/control.js';
import type { RootCoord } from '../../root/root-coord.js';
import { serverStream } from '../server-stream.js';
import type { RpcDeps } from '../unary.js';

/** Safe times on the wire: a batch is made when the one before has left. */
export function watchSafeTimeHandler(deps: RpcDeps, root: () => RootCoord) {
  const method = ControlServiceService.watchSafeTime;
  return serverStream(deps, method, async function* ({ request, signal }) {
    const watcher = root().ticks.watch(request.channelNames, signal);
    for (;;) {
      const batch = await deps.lane.step(() => {
        const safeTimes = watcher.take();
        return safeTimes && WatchSafeTimeResponse.encode({ safeTimes: [...safeTimes] }).finish();
      });
      if (batch) yield batch;
      else await watcher.ready();
    }
  });
}
