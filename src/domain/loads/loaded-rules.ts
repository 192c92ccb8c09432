import { CoordError } from '../errors.js';
import type { PropertyChange } from '../property-changes.js';
import { refusal } from '../refusals.js';

/** What decides how a collection gets into memory, under each name a client may use. */
const MEMORY_KEYS: ReadonlySet<string> = new Set([
  'mmap.enabled',
  'mmap_enabled',
  'lazyload.enabled',
]);

const isMemoryKey = (key: string): boolean => MEMORY_KEYS.has(key);

/** What may not be changed of a collection that is loaded (facts/rootcoord §5.6); code 104. */
export function checkChangeWhileLoaded(
  collectionName: string,
  { properties, deleteKeys }: PropertyChange,
): void {
  const isAltered = properties.some(({ key }) => isMemoryKey(key));
  if (!isAltered && !deleteKeys.some(isMemoryKey)) return;
  const verb = isAltered ? 'alter' : 'delete';
  throw refusal('CollectionLoaded', `can not ${verb} mmap properties if collection loaded`, {
    collection: collectionName,
  });
}

/** A loaded partition is released before it is dropped (facts/rootcoord §6.2); code 65535. */
export const partitionIsLoaded = (): CoordError =>
  CoordError.plain('partition cannot be dropped, partition is loaded, please release it first');
