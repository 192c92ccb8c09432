import { credentials } from '@grpc/grpc-js';
import { afterEach } from 'vitest';
import { ControlServiceClient } from '../../src/gen/control.js';
import type { SuiteServer } from './suite-server.js';

/**
 * Clients of ControlService for the tests of the enclosing `describe`, closed after each: the
 * server may be another process with other ports in the next.
 */
export function controlClients(server: SuiteServer) {
  const open: ControlServiceClient[] = [];
  const connect = (address: string): ControlServiceClient => {
    const client = new ControlServiceClient(address, credentials.createInsecure());
    open.push(client);
    return client;
  };
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
  });
  return {
    atProxy: () => connect(server.process.address),
    atRootCoord: () => connect(server.process.rootCoordAddress),
  };
}
