import type { DatabaseRecord } from '../domain/records.js';
import { StatusOk } from '../domain/status.js';
import { type DescribeDatabaseResponse, ListDatabasesResponse } from '../gen/milvus.js';

/** Parallel arrays, one place per database; times are unix nanoseconds (facts/rootcoord §8). */
export function listDatabasesReply(databases: readonly DatabaseRecord[]): ListDatabasesResponse {
  return ListDatabasesResponse.fromPartial({
    status: StatusOk,
    dbNames: databases.map(({ name }) => name),
    dbIds: databases.map(({ id }) => id),
    createdTimestamp: databases.map(({ createdUnixNs }) => createdUnixNs),
  });
}

/** The answer of both services: RootCoord's message has the same fields. */
export const describeDatabaseReply = (record: DatabaseRecord): DescribeDatabaseResponse => ({
  status: StatusOk,
  dbName: record.name,
  dbID: record.id,
  createdTimestamp: record.createdUnixNs,
  properties: [...record.properties],
});
