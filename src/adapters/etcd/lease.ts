import { EtcdLeaseInvalidError } from 'etcd3';
import { CoordError } from '../../domain/errors.js';
import type { Deadline, EtcdConnection } from './etcd-connection.js';

/** A lease as etcd granted it. */
export interface Lease {
  readonly id: bigint;
  /** What etcd granted; it rounds very short wishes up. */
  readonly ttlMs: number;
  /** Taken before the request left, so the lease lives at least until this plus `ttlMs`. */
  readonly provenAtMs: number;
}

/** Asks for a lease of `ttlSeconds`, at least 1. */
export async function grantLease(connection: EtcdConnection, ttlSeconds: number): Promise<Lease> {
  return connection.read('grant a lease', async (deadline) => {
    const provenAtMs = performance.now();
    const granted = await connection.lease.leaseGrant({ TTL: ttlSeconds }, deadline);
    return { id: BigInt(granted.ID), ttlMs: Number(granted.TTL) * 1_000, provenAtMs };
  });
}

/** Renews a lease once; false when etcd no longer knows it. */
export async function keepLeaseAlive(
  connection: EtcdConnection,
  id: bigint,
  deadline: Deadline,
): Promise<boolean> {
  const stream = await connection.lease.leaseKeepAlive(deadline);
  const answer = new Promise<boolean>((resolve, reject) => {
    stream.on('data', ({ TTL }) => resolve(TTL !== '0'));
    stream.on('error', reject);
    stream.on('end', () => reject(new CoordError('MetaStoreUnavailable', 'no answer')));
  });
  stream.write({ ID: String(id) });
  try {
    return await answer;
  } finally {
    stream.end();
  }
}

/** Ends a lease and removes its keys; one that is gone already is as good. */
export async function revokeLease(connection: EtcdConnection, id: bigint): Promise<void> {
  await connection.read('revoke a lease', async (deadline) => {
    try {
      await connection.lease.leaseRevoke({ ID: String(id) }, deadline);
    } catch (error) {
      if (!(error instanceof EtcdLeaseInvalidError)) throw error;
    }
  });
}
