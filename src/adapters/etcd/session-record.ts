import type { Candidate } from '../../ports/meta-store.js';

/** Who holds a session key, as read back; other programs leave the identity out. */
export interface SessionRecord {
  readonly address: string;
  readonly host: string;
  readonly candidate: Candidate | undefined;
}

/** Milvus refuses a session whose version it cannot parse (facts/rootcoord §17.6). */
const SESSION_VERSION = '2.4.0';

/**
 * The session of an exclusive coordinator in Milvus' own form (facts/rootcoord §17.6), and the
 * process behind it in fields Milvus does not know and ignores. Ids are written digit by digit:
 * a lease id does not fit a double.
 */
export function encodeSession(
  role: string,
  candidate: Candidate,
  serverId: bigint,
  leaseId: bigint,
): Buffer {
  const fields = {
    ServerName: role,
    Address: candidate.address,
    Exclusive: true,
    TriggerKill: true,
    Version: SESSION_VERSION,
    IndexEngineVersion: {},
    HostName: candidate.host,
    BootID: candidate.bootId,
    PidNamespace: candidate.pidNamespace,
    Pid: candidate.pid,
    ProcessStart: candidate.processStart,
  };
  const ids = `"ServerID":${serverId},"LeaseID":${leaseId}`;
  return Buffer.from(`{${ids},${JSON.stringify(fields).slice(1)}`);
}

/** Reads what stands under a session key; whatever is no such JSON is shown as it is. */
export function decodeSession(value: Buffer): SessionRecord {
  const fields = parseObject(value.toString('utf8'));
  const text = (name: string): string => {
    const field: unknown = Reflect.get(fields, name);
    return typeof field === 'string' ? field : '';
  };
  const pid: unknown = Reflect.get(fields, 'Pid');
  const address = text('Address');
  const host = text('HostName');
  if (typeof pid !== 'number') return { address, host, candidate: undefined };
  const candidate: Candidate = {
    address,
    host,
    bootId: text('BootID'),
    pidNamespace: text('PidNamespace'),
    pid,
    processStart: text('ProcessStart'),
  };
  return { address, host, candidate };
}

function parseObject(json: string): object {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
