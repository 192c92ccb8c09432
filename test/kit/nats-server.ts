import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from './etcd-server.js';
import { startVendorServer, type VendorProgram, type VendorServer } from './vendor-server.js';

/** A real nats-server with JetStream. */
export type NatsServer = VendorServer;

/** Starts nats-server in a directory of its own; settles when it greets. */
export const startNats = (): Promise<NatsServer> => startVendorServer(natsOnFreePort);

async function natsOnFreePort(): Promise<VendorProgram> {
  const port = await freePort();
  return {
    endpoint: `127.0.0.1:${port}`,
    path: '/usr/sbin/nats-server',
    argumentsFor: (dataDir) => [
      ...['--addr', '127.0.0.1', '--port', String(port)],
      ...['--jetstream', '--store_dir', dataDir],
    ],
    isReady: () => greets(port),
  };
}

/** The server's first line tells whether JetStream is ready. */
async function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    const [greeting] = await once(socket, 'data', { signal: AbortSignal.timeout(1_000) });
    return String(greeting).includes('"jetstream":true');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
