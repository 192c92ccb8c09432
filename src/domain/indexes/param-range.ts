import { echo } from '../errors.js';
import { isDecimal } from '../schema/params.js';
import { badIndexParams } from './bad-index-params.js';
import type { ParamMap } from './index-params.js';

export const MAX_INT32 = 2_147_483_647;
/** Digits of the longest number worth reading; a longer one is out of every range. */
const NUMBER_TEXT_LENGTH_MAX = 32;

/** A number an index may be built with: whole and within both bounds, or a ratio below `max`. */
export interface ParamRange {
  readonly key: string;
  readonly min: number;
  readonly max: number;
  readonly isRatio?: boolean;
}

/** Refuses, with code 1100, a value that is no such number; a param left out has a default. */
export function checkRange(params: ParamMap, range: ParamRange): void {
  const text = params.get(range.key);
  if (text === undefined) return;
  const value = readNumber(text, range);
  if (value >= range.min && (range.isRatio ? value < range.max : value <= range.max)) return;
  throw badIndexParams(
    `Out of range in json: param '${range.key}' (${echo(text)}) should be in range ${inWords(range)}`,
  );
}

function readNumber(text: string, { key, isRatio }: ParamRange): number {
  const isNumber = isRatio
    ? /^[+-]?[0-9]*\.?[0-9]+(e[+-]?[0-9]{1,3})?$/i.test(text)
    : isDecimal(text);
  if (isNumber && text.length <= NUMBER_TEXT_LENGTH_MAX) return Number(text);
  const what = isRatio ? 'number' : 'integer';
  throw badIndexParams(`Type conflict in json: param '${key}' (${echo(text)}) should be a ${what}`);
}

const inWords = ({ min, max, isRatio }: ParamRange): string =>
  isRatio ? `[${min.toFixed(6)}, ${max.toFixed(6)})` : `[${min}, ${max}]`;
