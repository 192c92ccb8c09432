import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';

/** What load balancers and orchestrators are told by `grpc.health.v1.Health`. */
export interface Health {
  /** Says whether a service takes calls; `''` speaks for the whole server. Watchers hear at once. */
  setServing(service: string, serving: boolean): void;
}

/**
 * Adds `grpc.health.v1.Health` to a server that is not started yet. Until told otherwise the
 * server as a whole is not serving, and a service nobody spoke of is unknown (NOT_FOUND).
 */
export function addHealth(server: Server): Health {
  const implementation = new HealthImplementation({ '': 'NOT_SERVING' });
  implementation.addToServer(server);
  return {
    setServing: (service, serving) =>
      implementation.setStatus(service, serving ? 'SERVING' : 'NOT_SERVING'),
  };
}
