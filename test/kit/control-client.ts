import { credentials } from '@grpc/grpc-js';
import { afterEach } from 'vitest';
import { ControlServiceClient } from '../../src/gen/control.js';
import type { SuiteServer } from './suite-server.js';

/**
 * Clients of the control service, each with a connection of its own, closed after each test; to be
 * called inside a `describe`.
 */
export function controlClients(server: SuiteServer): () => ControlServiceClient {
  const made: ControlServiceClient[] = [];
  afterEach(() => {
    for (const client of made.splice(0)) client.close();
  });
  return () => {
    const options = { 'grpc.use_local_subchannel_pool': 1 };
    const { address } = server.process;
    const client = new ControlServiceClient(address, credentials.createInsecure(), options);
    made.push(client);
    return client;
  };
}
