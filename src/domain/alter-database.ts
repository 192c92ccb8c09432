import type { KeyValuePair } from '../gen/common.js';
import { checkDeleteProtection } from './delete-protection.js';
import { CoordError, echo } from './errors.js';
import { changeProperties, checkPropertyChange, type PropertyChange } from './property-changes.js';
import type { DatabaseRecord } from './records.js';
import { isDecimal, parseBoolean } from './schema/params.js';

const isCount = (text: string): boolean => isDecimal(text) && Number(text) >= 0;
const isNumber = (text: string): boolean => /^[+-]?\d+(\.\d+)?$/.test(text);
const isBoolean = (text: string): boolean => parseBoolean(text) !== undefined;

/** Property keys with a meaning, and what their values must be (facts/rootcoord §8). */
const VALUES: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['database.replica.number', isCount],
  ['database.max.collections', isCount],
  ['database.diskQuota.mb', isNumber],
  ['database.force.deny.writing', isBoolean],
  ['database.force.deny.reading', isBoolean],
  ['database.force.deny.ddl', isBoolean],
  ['database.force.deny.collectionDDL', isBoolean],
  ['database.force.deny.partitionDDL', isBoolean],
  ['database.force.deny.index', isBoolean],
  ['database.force.deny.flush', isBoolean],
  ['database.force.deny.compaction', isBoolean],
]);

/**
 * Refuses, with code 1100, a value that cannot be what its key means. Milvus stores such a value
 * and fails, in these words, when it is read; unknown keys are nobody's business.
 */
export function checkDatabaseProperties(properties: readonly KeyValuePair[]): void {
  for (const { key, value } of properties) {
    const fits = VALUES.get(key);
    if (fits === undefined || fits(value)) continue;
    throw CoordError.invalid(`invalid database property: [key=${key}] [value=${echo(value)}]`);
  }
  checkDeleteProtection(properties);
}

/**
 * The database after AlterDatabase (facts/rootcoord §8), or the same record when nothing changes.
 * Code 65535 for a change that says nothing or two things, 1100 for values that cannot be, 1102
 * for too many or too large ones.
 */
export function alterDatabaseProperties(
  record: DatabaseRecord,
  change: PropertyChange,
): DatabaseRecord {
  checkPropertyChange(change, 'database');
  checkDatabaseProperties(change.properties);
  const properties = changeProperties(record.properties, change);
  return properties === record.properties ? record : { ...record, properties };
}
