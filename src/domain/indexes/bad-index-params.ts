import type { CoordError } from '../errors.js';
import { unexpectedValue } from '../refusals.js';

/** Code 1100: `<why>: invalid parameter[expected=valid index params][actual=invalid index params]`. */
export const badIndexParams = (why: string): CoordError =>
  unexpectedValue(why, 'valid index params', 'invalid index params');
