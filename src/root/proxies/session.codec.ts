import { SessionRecord as Stored } from '../../gen/membership.js';
import type { SessionRecord } from '../../ports/session-records.js';

export function encodeSession({ member, leaseId }: SessionRecord): Uint8Array {
  const { leaseTtlMs } = member;
  return Stored.encode({ ...member, leaseTtlMs: BigInt(leaseTtlMs), leaseId }).finish();
}

export function decodeSession(bytes: Uint8Array): SessionRecord {
  const { serverId, role, address, leaseTtlMs, leaseId } = Stored.decode(bytes);
  return { member: { serverId, role, address, leaseTtlMs: Number(leaseTtlMs) }, leaseId };
}
