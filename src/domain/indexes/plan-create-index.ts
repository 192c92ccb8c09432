import type { KeyValuePair } from '../../gen/common.js';
import { CoordError } from '../errors.js';
import { checkSwitchesOf } from './alterable-params.js';
import {
  checkDistinctKeys,
  checkIndexBounds,
  checkNameBound,
  INDEXES_PER_COLLECTION_MAX,
} from './index-bounds.js';
import {
  AUTO_INDEX,
  effectiveParams,
  INDEX_TYPE,
  MMAP_ENABLED,
  type ParamMap,
} from './index-params.js';
import type { IndexDefinition, IndexRecord } from './index-record.js';
import { jsonPathOf } from './scalar-index-types.js';

/** What a create comes to: a new index of this name, or one that is there, perhaps changed. */
export type CreateIndexPlan =
  | { readonly kind: 'new'; readonly name: string }
  | { readonly kind: 'there'; readonly before: IndexRecord; readonly after: IndexRecord };

/** What a create is refused with when its name or its field is taken. */
export interface TakenWords {
  readonly name: string;
  readonly field: string;
}

const TAKEN: TakenWords = {
  name: 'CreateIndex failed: at most one distinct index is allowed per field',
  field: 'CreateIndex failed: creating multiple indexes on same field is not supported',
};

/**
 * Decides a create against the indexes its collection has (facts/datacoord §16.2). The same index
 * again is no error and changes no more than its memory-mapping.
 *
 * @param fieldName names an index nobody named.
 * @param taken other words than DataCoord's own.
 * @throws CoordError code 65535 when the name or the field is taken by another index, code 1100 for
 * params DataCoord refuses, code 250 when there are too many.
 */
export function planCreateIndex(
  indexes: readonly IndexRecord[],
  definition: IndexDefinition,
  fieldName: string,
  taken: TakenWords = TAKEN,
): CreateIndexPlan {
  checkDefinition(definition);
  const name = definition.name || defaultName(indexes, definition, fieldName);
  checkNameBound(name);
  const namesake = indexes.find((index) => index.name === name);
  if (namesake) return planRepeat(namesake, definition, taken);
  if (indexes.some((index) => isOnSamePlace(index, definition))) {
    throw CoordError.plain(taken.field);
  }
  if (indexes.length >= INDEXES_PER_COLLECTION_MAX) {
    throw CoordError.of('GeneralCapacityExceeded', { indexes: INDEXES_PER_COLLECTION_MAX });
  }
  return { kind: 'new', name };
}

function checkDefinition({ typeParams, indexParams, userIndexParams }: IndexDefinition): void {
  for (const params of [typeParams, indexParams, userIndexParams]) {
    checkIndexBounds(params);
    checkDistinctKeys(params);
  }
  checkSwitchesOf(indexParams);
}

function defaultName(
  indexes: readonly IndexRecord[],
  definition: IndexDefinition,
  fieldName: string,
): string {
  const [only, ...others] = indexes.filter((index) => isOnSamePlace(index, definition));
  if (only && others.length === 0) return only.name;
  return fieldName + jsonPathOf(effectiveParams(definition.indexParams));
}

type Place = Pick<IndexDefinition, 'fieldId' | 'indexParams'>;

/** The same field, and of a JSON field the same path. */
const isOnSamePlace = (one: Place, other: Place): boolean =>
  one.fieldId === other.fieldId &&
  jsonPathOf(effectiveParams(one.indexParams)) === jsonPathOf(effectiveParams(other.indexParams));

function planRepeat(
  before: IndexRecord,
  definition: IndexDefinition,
  taken: TakenWords,
): CreateIndexPlan {
  if (!isOnSamePlace(before, definition) || !isSameIndex(before, definition)) {
    throw CoordError.plain(taken.name);
  }
  return { kind: 'there', before, after: withMmap(before, definition.indexParams) };
}

/** Order of params means nothing; an automatic index without a metric means any metric. */
function isSameIndex(index: IndexRecord, definition: IndexDefinition): boolean {
  if (!isSameMap(effectiveParams(index.typeParams), effectiveParams(definition.typeParams))) {
    return false;
  }
  const [mine, theirs] = [wordsOf(index), wordsOf(definition)];
  const isAuto = mine.get(INDEX_TYPE) === AUTO_INDEX && theirs.get(INDEX_TYPE) === AUTO_INDEX;
  return (isAuto && !definition.isMetricGiven) || isSameMap(mine, theirs);
}

type Words = Pick<IndexDefinition, 'indexParams' | 'userIndexParams'>;

/** What tells two indexes apart: the user's words, less what may change later. */
function wordsOf({ userIndexParams, indexParams }: Words): Map<string, string> {
  const words = effectiveParams(userIndexParams.length > 0 ? userIndexParams : indexParams);
  words.delete(MMAP_ENABLED);
  return words;
}

const isSameMap = (one: ParamMap, other: ParamMap): boolean =>
  one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);

function withMmap(record: IndexRecord, wanted: readonly KeyValuePair[]): IndexRecord {
  const mmap = effectiveParams(wanted).get(MMAP_ENABLED);
  if (mmap === undefined || mmap === effectiveParams(record.indexParams).get(MMAP_ENABLED)) {
    return record;
  }
  const pair = { key: MMAP_ENABLED, value: mmap };
  const replaced = (params: readonly KeyValuePair[]) => [
    ...params.filter(({ key }) => key !== MMAP_ENABLED),
    pair,
  ];
  return {
    ...record,
    indexParams: replaced(record.indexParams),
    userIndexParams: replaced(record.userIndexParams),
  };
}
