import type { CollectionSchema, FieldSchema } from '../../gen/schema.js';
import { CoordError, echo } from '../errors.js';

/**
 * Refuses, with code 1100, what newer contracts can say but this coordinator does not do. Taking
 * such a schema and ignoring the wish would make a collection the client did not ask for.
 */
export function checkSupported(schema: CollectionSchema): void {
  if (schema.externalSource !== '' || schema.externalSpec !== '') {
    throw CoordError.invalid('external collections are not supported');
  }
  if (schema.enableNamespace) throw CoordError.invalid('namespaces are not supported');
  for (const field of schema.fields) checkFieldSupported(field);
  for (const struct of schema.structArrayFields) {
    for (const member of struct.fields) checkFieldSupported(member);
  }
}

function checkFieldSupported(field: FieldSchema): void {
  const named = `field name = ${echo(field.name)}`;
  if (field.externalField !== '') {
    throw CoordError.invalid(`external fields are not supported, ${named}`);
  }
  if (field.typeSchema !== undefined) {
    throw CoordError.invalid(`nested arrays are not supported, ${named}`);
  }
  if (field.elementNullable) {
    throw CoordError.invalid(`element_nullable is not supported yet, ${named}`);
  }
}
