import { once } from 'node:events';
import { createServer } from 'node:net';
import { startVendorServer, type VendorProgram, type VendorServer } from './vendor-server.js';

/** A real etcd of a single node. */
export type EtcdServer = VendorServer;

/** Starts etcd in a directory of its own; settles when it answers. */
export const startEtcd = (): Promise<EtcdServer> => startVendorServer(etcdOnFreePorts);

async function etcdOnFreePorts(): Promise<VendorProgram> {
  const endpoint = `127.0.0.1:${await freePort()}`;
  const clientUrl = `http://${endpoint}`;
  const peerUrl = `http://127.0.0.1:${await freePort()}`;
  return {
    endpoint,
    path: '/usr/bin/etcd',
    argumentsFor: (dataDir) => [
      ...['--data-dir', dataDir, '--log-level', 'error'],
      ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
      ...['--initial-cluster', `default=${peerUrl}`],
    ],
    isReady: () => isHealthy(clientUrl),
  };
}

async function isHealthy(clientUrl: string): Promise<boolean> {
  try {
    const reply = await fetch(`${clientUrl}/health`, { signal: AbortSignal.timeout(1_000) });
    return (await reply.text()).includes('"true"');
  } catch {
    return false;
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
