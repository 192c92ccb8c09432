import {
  status as grpcStatus,
  type Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import {
  type HealthCheckRequest,
  HealthCheckResponse,
  HealthListResponse,
  HealthService,
  HealthCheckResponse_ServingStatus as Serving,
} from '../gen/grpc/health/v1/health.js';
import { guarded } from './guarded-service.js';

/** What load balancers and orchestrators are told by `grpc.health.v1.Health`. */
export interface Health {
  /** Says whether a service takes calls; `''` speaks for the whole server. Watchers hear at once. */
  setServing(service: string, serving: boolean): void;
}

/** Load balancers of one server are few; each watch is a stream that never ends by itself. */
const WATCHES_MAX = 1_024;

type Watch = ServerWritableStream<HealthCheckRequest, HealthCheckResponse>;
type Check = ServerUnaryCall<HealthCheckRequest, HealthCheckResponse>;

const tell = (watch: Watch, status: Serving): void => {
  watch.write(HealthCheckResponse.create({ status }));
};

/** What is known of each service, and who wants to hear of it. */
class HealthBoard implements Health {
  readonly #serving = new Map<string, Serving>([['', Serving.NOT_SERVING]]);
  readonly #watches = new Set<Watch>();

  setServing(service: string, serving: boolean): void {
    const status = serving ? Serving.SERVING : Serving.NOT_SERVING;
    this.#serving.set(service, status);
    for (const watch of this.#watches) {
      if (watch.request.service === service) tell(watch, status);
    }
  }

  check({ request }: Check, callback: sendUnaryData<HealthCheckResponse>): void {
    const status = this.#serving.get(request.service);
    if (status !== undefined) return callback(null, HealthCheckResponse.create({ status }));
    callback({ code: grpcStatus.NOT_FOUND, details: 'the service is not known' });
  }

  watch(watch: Watch): void {
    if (this.#watches.size >= WATCHES_MAX) {
      const details = `more than ${WATCHES_MAX} watches at once`;
      watch.emit('error', { code: grpcStatus.RESOURCE_EXHAUSTED, details });
      return;
    }
    this.#watches.add(watch);
    watch.on('cancelled', () => this.#watches.delete(watch));
    tell(watch, this.#serving.get(watch.request.service) ?? Serving.SERVICE_UNKNOWN);
  }

  list(_call: unknown, callback: sendUnaryData<HealthListResponse>): void {
    const statuses = [...this.#serving].map(([service, status]) => [service, { status }]);
    callback(null, HealthListResponse.fromPartial({ statuses: Object.fromEntries(statuses) }));
  }
}

/**
 * Adds `grpc.health.v1.Health` to a server that is not started yet. Until told otherwise the
 * server as a whole is not serving, and a service nobody spoke of is unknown (NOT_FOUND; a watch
 * hears SERVICE_UNKNOWN and waits).
 */
export function addHealth(server: Server): Health {
  const board = new HealthBoard();
  server.addService(guarded(HealthService), {
    check: (call: Check, callback: sendUnaryData<HealthCheckResponse>) =>
      board.check(call, callback),
    watch: (call: Watch) => board.watch(call),
    list: (call: unknown, callback: sendUnaryData<HealthListResponse>) =>
      board.list(call, callback),
  });
  return board;
}
