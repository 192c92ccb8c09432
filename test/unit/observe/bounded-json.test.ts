import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedJson, type JsonLimits } from '../../../src/observe/bounded-json.js';

const wide: JsonLimits = { depthMax: 100, stringMax: 10_000, entriesMax: 10_000, charsMax: 1e6 };
const tight: JsonLimits = { depthMax: 3, stringMax: 10, entriesMax: 4, charsMax: 200 };

const shown = (value: unknown, limits = wide): unknown => JSON.parse(boundedJson(value, limits));

const anyValue = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
});

describe('boundedJson', () => {
  it('writes a 64-bit id with all its digits', () => {
    expect(shown({ id: 449812345678901235n, min: -(2n ** 63n) })).toEqual({
      id: '449812345678901235',
      min: '-9223372036854775808',
    });
  });

  it('agrees with JSON.stringify on whatever JSON can say', () => {
    // A pair of that shape is a setting of the wire, and "__proto__" is read back as a prototype.
    const named = fc.jsonValue().filter((value) => !/proto|value/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(named, (value) => {
        expect(shown(value)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('escapes like JSON.stringify, halves of surrogates included', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff)), (units) => {
        const text = String.fromCharCode(...units);
        expect(boundedJson(text, wide)).toBe(JSON.stringify(text));
      }),
    );
    for (const text of ['"', '\\', '\n', '\u0000', '\ud800', 'a\udc00b', '😀', '\u2028']) {
      expect(boundedJson({ [text]: text }, wide)).toBe(JSON.stringify({ [text]: text }));
    }
  });

  it('is valid JSON of bounded size, whatever it is given', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const json = boundedJson(value, tight);
        expect(() => JSON.parse(json)).not.toThrow();
        // Each of 4 entries on 3 levels may overshoot by its own texts, of at most 6 bytes a unit.
        expect(json.length).toBeLessThan(tight.charsMax * 6 + 4 ** 3 * 100);
      }),
    );
  });

  it('stops early in a value far too large', () => {
    const huge = Array.from({ length: 500 }, (_, i) => ({ i, text: 'x'.repeat(500) }));
    const limits = { ...wide, charsMax: 10_000 };
    expect(boundedJson(huge, limits).length).toBeLessThan(11_000);
    expect(shown(huge, limits)).toContain('…');
  });

  it('says what it left out', () => {
    expect(shown('x'.repeat(11), tight)).toBe('xxxxxxxxxx…(11 characters)');
    expect(shown([1, 2, 3, 4, 5], tight)).toEqual([1, 2, 3, 4, '…']);
    expect(shown({ a: 1, b: 2, c: 3, d: 4, e: 5 }, tight)).toEqual({
      ...{ a: 1, b: 2, c: 3, d: 4 },
      '…': 'cut',
    });
    expect(shown([[[[1]]]], tight)).toEqual([[['[Array]']]]);
    expect(shown([[[{ a: 1 }]]], tight)).toEqual([[['[Object]']]]);
  });

  it('ends a cycle', () => {
    const loop: Record<string, unknown> = { id: 1n };
    loop.self = loop;
    expect(shown(loop, tight)).toEqual({
      id: '1',
      self: { id: '1', self: { id: '1', self: '[Object]' } },
    });
  });

  it('shows bytes as a short hex text', () => {
    expect(shown({ value: new Uint8Array([0, 255]) })).toEqual({ value: '0x00ff (2 bytes)' });
    expect(shown(Buffer.alloc(1_000_000, 1))).toBe(`0x${'01'.repeat(16)}… (1000000 bytes)`);
    expect(shown(new BigUint64Array([1n]))).toBe('0x0100000000000000 (8 bytes)');
  });

  it('shows maps, sets, dates, functions and oddities', () => {
    expect(shown(new Map([[1n, new Set(['a'])]]))).toEqual([['1', ['a']]]);
    expect(shown(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
    expect(shown({ guard: function isFull() {} })).toEqual({ guard: { type: 'isFull' } });
    expect(shown([Number.NaN, Symbol('s'), undefined])).toEqual(['NaN', 'Symbol(s)', null]);
    expect(shown({ left: undefined, right: null })).toEqual({ right: null });
  });

  it('shows what an error knows, its cause included', () => {
    const error = Object.assign(new Error('lost', { cause: new Error('frozen') }), { code: 2n });
    expect(shown(error)).toMatchObject({
      name: 'Error',
      message: 'lost',
      code: '2',
      stack: expect.stringContaining('lost'),
      cause: { message: 'frozen' },
    });
  });

  it('hides secrets by their names, at any depth', () => {
    const hidden = '[redacted]';
    const spellings = ['password', 'oldPassword', 'sha256_password', 'Authorization', 'passwd'];
    for (const name of [...spellings, 'secretAccessKey', 'token', 'rootToken', 'apiKey']) {
      expect(shown({ request: [{ [name]: 'hunter2' }] })).toEqual({
        request: [{ [name]: hidden }],
      });
    }
    const pair = { key: 'minio.secretKey', value: 'hunter2' };
    expect(shown({ properties: [pair] })).toEqual({ properties: [{ ...pair, value: hidden }] });
    expect(shown({ key: 'ttl', value: '5', tokenizer: 'a' })).toEqual({
      ...{ key: 'ttl', value: '5', tokenizer: 'a' },
    });
  });

  it('never throws, even where reading the value does', () => {
    const trap = {
      get context(): never {
        throw new Error('no');
      },
    };
    expect(shown(trap)).toBe('[unreadable]');
  });
});
