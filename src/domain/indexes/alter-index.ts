import type { KeyValuePair } from '../../gen/common.js';
import { CoordError } from '../errors.js';
import { changeProperties, checkNotBoth } from '../property-changes.js';
import { checkAlterable, checkSwitchesOf } from './alterable-params.js';
import { checkDistinctKeys, checkIndexBounds } from './index-bounds.js';
import type { IndexRecord } from './index-record.js';

/** Switches to set or to forget; exactly one of the lists says something. */
export interface IndexAlteration {
  readonly params: readonly KeyValuePair[];
  readonly deleteKeys: readonly string[];
}

/** Refuses, with code 1100, an alteration no index could take (facts/datacoord §16.5). */
export function checkAlteration({ params, deleteKeys }: IndexAlteration): void {
  checkNotBoth({ properties: params, deleteKeys });
  if (params.length === 0 && deleteKeys.length === 0) {
    throw CoordError.invalid('the index params to alter and the keys to delete are both empty');
  }
  checkIndexBounds(params);
  checkIndexBounds(deleteKeys.map((key) => ({ key, value: '' })));
  checkDistinctKeys(params);
  checkAlterable([...params.map(({ key }) => key), ...deleteKeys]);
}

/**
 * The index after a checked alteration; the same record when nothing changes.
 *
 * @throws CoordError code 1100 when its type has no such switch.
 */
export function alterIndex(record: IndexRecord, alteration: IndexAlteration): IndexRecord {
  const change = { properties: alteration.params, deleteKeys: alteration.deleteKeys };
  const indexParams = changeProperties(record.indexParams, change);
  const userIndexParams = changeProperties(record.userIndexParams, change);
  if (indexParams === record.indexParams && userIndexParams === record.userIndexParams) {
    return record;
  }
  checkSwitchesOf(indexParams);
  return { ...record, indexParams, userIndexParams };
}
