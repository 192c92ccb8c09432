import { CoordError, type ErrorName } from './errors.js';

/**
 * `<context>: <row text>[k=v]…`: words first, then the row and what it is about
 * (facts/rootcoord §2.2, the context prefix).
 */
export const refusal = (
  kind: ErrorName,
  context: string,
  fields: Readonly<Record<string, string>>,
): CoordError => new CoordError(kind, `${context}: ${CoordError.of(kind, fields).message}`);

/** Code 105: `<context>: illegal collection schema[collection=…]`. */
export const illegalSchema = (collectionName: string, context: string): CoordError =>
  refusal('IllegalSchema', context, { collection: collectionName });

/** Code 1100: `<context>: invalid parameter[expected=…][actual=…]`. */
export const unexpectedValue = (context: string, expected: string, actual: string): CoordError =>
  refusal('ParameterInvalid', context, { expected, actual });

/** Code 1100: `<context>: invalid parameter[<actual> out of range <lowest> <= value <= <highest>]`. */
export const outOfRange = (
  context: string,
  actual: number,
  lowest: number,
  highest: number,
): CoordError =>
  new CoordError(
    'ParameterInvalid',
    `${context}: ${CoordError.of('ParameterInvalid').message}` +
      `[${actual} out of range ${lowest} <= value <= ${highest}]`,
  );
