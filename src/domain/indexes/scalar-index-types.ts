import { DataType, type FieldSchema } from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';
import { dataTypeName } from '../schema/data-types.js';
import { badIndexParams } from './bad-index-params.js';
import { JSON_CAST_TYPE, JSON_PATH, type ParamMap } from './index-params.js';
import { checkRange, MAX_INT32 } from './param-range.js';

/** What a scalar index can be built on and with; each check refuses with code 1100. */
export interface ScalarIndexType {
  readonly checkField: (field: FieldSchema) => void;
  readonly checkParams: (field: FieldSchema, params: ParamMap) => void;
  readonly mmap: boolean;
}

const INTEGERS = [DataType.Int8, DataType.Int16, DataType.Int32, DataType.Int64] as const;
const isOneOf = (types: readonly DataType[]) => {
  const known: ReadonlySet<DataType> = new Set(types);
  return (type: DataType): boolean => known.has(type);
};
const isString = isOneOf([DataType.VarChar, DataType.String]);
const isNumeric = isOneOf([...INTEGERS, DataType.Float, DataType.Double]);
const isSortable = isOneOf([
  ...[...INTEGERS, DataType.Float, DataType.Double],
  ...[DataType.VarChar, DataType.String, DataType.Timestamptz],
]);
const isNested = isOneOf([DataType.Array, DataType.JSON]);
const isBitmapValue = isOneOf([
  ...[DataType.Bool, ...INTEGERS],
  ...[DataType.VarChar, DataType.String],
]);

const JSON_CASTS = ['BOOL', 'DOUBLE', 'VARCHAR', 'ARRAY_BOOL', 'ARRAY_DOUBLE', 'ARRAY_VARCHAR'];
const INVERTED_CASTS: ReadonlySet<string> = new Set([...JSON_CASTS, 'JSON']);

const BITMAP_CARDINALITY = { key: 'bitmap_cardinality_limit', min: 1, max: MAX_INT32 };

const nothing = (): void => {};

/** An index over JSON is one over the values at a path, read as a type. */
function checkJsonParams({ dataType }: FieldSchema, params: ParamMap): void {
  if (dataType !== DataType.JSON) return;
  const cast = params.get(JSON_CAST_TYPE);
  if (cast === undefined) throw missing(JSON_CAST_TYPE, 'json index must specify cast type');
  if (!INVERTED_CASTS.has(cast.toUpperCase())) {
    throw badIndexParams(
      CoordError.invalid(`json_cast_type ${echo(cast)} is not supported`).message,
    );
  }
}

const missing = (key: string, why: string): CoordError =>
  badIndexParams(`${why}: ${CoordError.of('ParameterMissing', { missing_param: key }).message}`);

const INVERTED: ScalarIndexType = {
  checkField: ({ dataType }) => {
    const isSupported = isBitmapValue(dataType) || isNumeric(dataType) || isNested(dataType);
    if (isSupported) return;
    throw badIndexParams(`INVERTED are not supported on ${dataTypeName(dataType)} field`);
  },
  checkParams: checkJsonParams,
  mmap: true,
};

const BITMAP: ScalarIndexType = {
  checkField: ({ dataType, elementType, isPrimaryKey }) => {
    if (isPrimaryKey) throw badIndexParams('create bitmap index on primary key not supported');
    if (dataType === DataType.Array && !isBitmapValue(elementType)) {
      throw badIndexParams('bitmap index are only supported on bool, int, string for array field');
    }
    if (dataType !== DataType.Array && !isBitmapValue(dataType)) {
      throw badIndexParams('bitmap index are only supported on bool, int, string and array field');
    }
  },
  checkParams: (_field, params) => checkRange(params, BITMAP_CARDINALITY),
  mmap: true,
};

const STL_SORT: ScalarIndexType = {
  checkField: ({ dataType }) => {
    if (isSortable(dataType)) return;
    throw badIndexParams('STL_SORT are only supported on numeric, varchar or timestamptz field');
  },
  checkParams: nothing,
  mmap: false,
};

const TRIE: ScalarIndexType = {
  checkField: ({ dataType }) => {
    if (isString(dataType)) return;
    throw badIndexParams('TRIE are only supported on varchar field');
  },
  checkParams: nothing,
  mmap: true,
};

const GRAM_MAX = MAX_INT32;
const NGRAM: ScalarIndexType = {
  checkField: ({ dataType }) => {
    if (isString(dataType) || dataType === DataType.JSON) return;
    throw badIndexParams('ngram index can only be created on VARCHAR or JSON field');
  },
  checkParams: (field, params) => {
    if (field.dataType === DataType.JSON && params.get(JSON_CAST_TYPE) !== 'VARCHAR') {
      throw badIndexParams('JSON field with ngram index must specify json_cast_type VARCHAR');
    }
    if (!params.has('min_gram') || !params.has('max_gram')) {
      throw badIndexParams('Ngram index must specify both min_gram and max_gram');
    }
    checkRange(params, { key: 'min_gram', min: 1, max: GRAM_MAX });
    checkRange(params, { key: 'max_gram', min: Number(params.get('min_gram')), max: GRAM_MAX });
  },
  mmap: true,
};

const RTREE: ScalarIndexType = {
  checkField: ({ dataType }) => {
    if (dataType === DataType.Geometry) return;
    throw badIndexParams(`RTREE are not supported on ${dataTypeName(dataType)} field`);
  },
  checkParams: nothing,
  mmap: true,
};

/** Scalar index types by name; the trie has two spellings. */
export const SCALAR_INDEX_TYPES: ReadonlyMap<string, ScalarIndexType> = new Map([
  ['INVERTED', INVERTED],
  ['BITMAP', BITMAP],
  ['STL_SORT', STL_SORT],
  ['TRIE', TRIE],
  ['Trie', TRIE],
  ['NGRAM', NGRAM],
  ['RTREE', RTREE],
]);

/** Two indexes of one JSON field are two when their paths differ. */
export const jsonPathOf = (params: ParamMap): string => params.get(JSON_PATH) ?? '';
