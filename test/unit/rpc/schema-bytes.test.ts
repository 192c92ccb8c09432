import { describe, expect, it } from 'vitest';
import { CollectionSchema } from '../../../src/gen/schema.js';
import { decodeSchema } from '../../../src/rpc/schema-bytes.js';

const schemaOf = (description: string): Uint8Array =>
  CollectionSchema.encode(CollectionSchema.fromPartial({ name: 'a', description })).finish();

describe('the schema inside a create request', () => {
  it('is decoded', () => {
    expect(decodeSchema(schemaOf('b'))).toMatchObject({ name: 'a', description: 'b' });
  });

  it.each([
    ['nothing', new Uint8Array(), 'ParameterInvalid'],
    ['no schema', Uint8Array.of(0xff), 'ParameterInvalid'],
    ['more than the catalog keeps', schemaOf('d'.repeat(256 * 1024)), 'ParameterTooLarge'],
  ])('is refused when it is %s', (_what, bytes, kind) => {
    expect(() => decodeSchema(bytes)).toThrow(expect.objectContaining({ kind }));
  });
});
