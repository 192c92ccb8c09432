import { CoordError, echo } from './errors.js';

/** A host name or an IP address (version 6 in brackets), and a port. */
const ADDRESS = /^(?:[A-Za-z0-9_.-]{1,253}|\[[\da-fA-F:.]{2,45}\]):(\d{1,5})$/;
const PORT_MAX = 65_535;

/**
 * Where a member says it can be called.
 *
 * @throws CoordError `ParameterInvalid` for anything but `host:port`: other words mean files and
 * name services to gRPC.
 */
export function checkMemberAddress(address: string): void {
  const port = Number(ADDRESS.exec(address)?.[1] ?? 0);
  if (port >= 1 && port <= PORT_MAX) return;
  throw CoordError.invalid(`address "${echo(address)}" is not of the form host:port`);
}
