import { describe, expect, it } from 'vitest';
import { DataType, FieldSchema } from '../../../../src/gen/schema.js';
import { readField, shareField } from '../../../../src/root/catalog/shared-fields.js';

const field = (partial: Partial<FieldSchema> = {}): FieldSchema =>
  FieldSchema.fromPartial({
    fieldID: 100n,
    name: 'vector',
    dataType: DataType.FloatVector,
    typeParams: [{ key: 'dim', value: '8' }],
    ...partial,
  });

const stored = (partial?: Partial<FieldSchema>) => FieldSchema.encode(field(partial)).finish();

describe('a shared field', () => {
  it('is one object for all fields that are stored alike, read or made', () => {
    const shared = shareField(field());
    expect(shared).toEqual(field());
    expect(shareField(field())).toBe(shared);
    expect(readField(stored())).toBe(shared);
  });

  it('is another as soon as anything of it is', () => {
    const shared = shareField(field());
    for (const other of [
      { fieldID: 101n },
      { description: 'what it is for' },
      { typeParams: [{ key: 'dim', value: '16' }] },
      { defaultValue: { longData: 1n } },
      { nullable: true },
    ]) {
      expect(readField(stored(other))).not.toBe(shared);
      expect(readField(stored(other))).toEqual(FieldSchema.decode(stored(other)));
    }
  });

  it('keeps what a newer version wrote into it', () => {
    const bytes = Buffer.concat([stored(), Buffer.from([0xc0, 0x3e, 0x07])]);
    expect(FieldSchema.encode(readField(bytes)).finish()).toEqual(Uint8Array.from(bytes));
  });

  it('cannot be changed under those who share it', () => {
    const shared = shareField(field());
    expect(() => Object.assign(shared, { name: 'other' })).toThrow(TypeError);
    expect(() => shared.typeParams.push({ key: 'dim', value: '8' })).toThrow(TypeError);
  });

  it('is not shared when it is long, and reads the same', () => {
    const long = { description: 'd'.repeat(2_000) };
    expect(shareField(field(long))).not.toBe(shareField(field(long)));
    expect(readField(stored(long))).toEqual(field(long));
  });

  it('is right however many others there are', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ name: `field_${i}` }));
    for (const partial of many) expect(shareField(field(partial)).name).toBe(partial.name);
    for (const partial of many) expect(readField(stored(partial))).toEqual(field(partial));
  });
});
