import type { CollectionRecord, DatabaseRecord } from './records.js';
import type { Timestamp } from './timestamp.js';

/**
 * The collection under another name, perhaps in another database (facts/rootcoord §5.7), or the
 * same record when both are as they were. Whether the name is valid and free, and what becomes of
 * aliases, is the caller's to see to.
 */
export function renameCollection(
  record: CollectionRecord,
  newName: string,
  newDatabase: Pick<DatabaseRecord, 'id' | 'name'>,
  at: Timestamp,
): CollectionRecord {
  if (record.name === newName && record.databaseId === newDatabase.id) return record;
  return {
    ...record,
    name: newName,
    databaseId: newDatabase.id,
    schema: { ...record.schema, name: newName, dbName: newDatabase.name },
    updatedAt: at,
  };
}
