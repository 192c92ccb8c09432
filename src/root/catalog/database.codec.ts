import type { DatabaseId } from '../../domain/ids.js';
import type { DatabaseRecord } from '../../domain/records.js';
import { DatabaseInfo, DatabaseState } from '../../gen/etcd_meta.js';

export function encodeDatabase(record: DatabaseRecord): Uint8Array {
  return DatabaseInfo.encode({
    tenantId: '',
    name: record.name,
    id: record.id,
    state: DatabaseState.DatabaseCreated,
    createdTime: record.createdUnixNs,
    properties: [...record.properties],
  }).finish();
}

export function decodeDatabase(bytes: Uint8Array): DatabaseRecord {
  const info = DatabaseInfo.decode(bytes);
  return {
    id: info.id as DatabaseId,
    name: info.name,
    createdUnixNs: info.createdTime,
    properties: info.properties,
  };
}
