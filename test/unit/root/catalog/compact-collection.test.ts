import { describe, expect, it } from 'vitest';
import { compactCollection } from '../../../../src/root/catalog/compact-collection.js';
import { aRecord } from '../../../kit/records.js';

describe('a compact collection', () => {
  it('is the same collection', () => {
    const record = aRecord({
      properties: [{ key: 'collection.ttl.seconds', value: '3600' }],
      startPositions: [{ key: 'by-dev-rootcoord-dml_0', data: Buffer.from([1, 2, 3]) }],
    });
    const plain = {
      ...record,
      startPositions: [{ key: 'by-dev-rootcoord-dml_0', data: Uint8Array.of(1, 2, 3) }],
    };
    expect(compactCollection(record)).toEqual(plain);
  });

  it('does not hold on to the page its start positions were read in', () => {
    const page = new ArrayBuffer(1 << 20);
    const data = new Uint8Array(page, 64, 8);
    const compact = compactCollection(aRecord({ startPositions: [{ key: 'channel', data }] }));
    expect(compact.startPositions[0]?.data.buffer.byteLength).toBe(8);
  });
});
