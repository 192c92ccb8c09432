import type { Server } from 'node:http';
import { CoordError } from '../domain/errors.js';

/** An address to listen at; port 0 takes any free one. */
export interface ListenAddress {
  readonly ip: string;
  readonly port: number;
}

/**
 * Starts listening and tells the port taken. Rejects with `ServiceUnavailable` that names `what`
 * and the address when it cannot be had.
 */
export function listen(server: Server, address: ListenAddress, what: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException) =>
      reject(new CoordError('ServiceUnavailable', refusalText(cause, address, what), { cause }));
    server.once('error', refuse);
    server.listen(address.port, address.ip, () => {
      server.off('error', refuse);
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : address.port);
    });
  });
}

function refusalText(cause: NodeJS.ErrnoException, { ip, port }: ListenAddress, what: string) {
  const where = `${what} cannot listen on ${ip}:${port}`;
  if (cause.code === 'EADDRINUSE') return `${where}: the port is already in use`;
  return `${where}: ${cause.message}`;
}

/** Stops listening and ends every connection; settles once no handle of the server is left. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
