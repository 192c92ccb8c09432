import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectionId } from '../../../../src/domain/ids.js';
import { PageById } from '../../../../src/root/collection/page-by-id.js';
import { aRecord } from '../../../kit/records.js';

const inOrder = (a: bigint, b: bigint): number => Number(a - b);

describe('a page by id', () => {
  it('is the smallest ids above a place, whatever order they are looked at in', () => {
    const ids = fc.uniqueArray(fc.bigInt({ min: 1n, max: 200n }), { maxLength: 60 });
    const after = fc.bigInt({ min: 0n, max: 201n });
    fc.assert(
      fc.property(ids, after, fc.integer({ min: 1, max: 20 }), (all, from, size) => {
        const page = new PageById(from as CollectionId, size);
        for (const id of all) page.look(aRecord({ id: id as CollectionId }));
        const above = all.filter((id) => id > from).sort(inOrder);
        expect(page.collections().map(({ id }) => id)).toEqual(above.slice(0, size));
        expect(page.isLast).toBe(above.length <= size);
      }),
      { numRuns: 300 },
    );
  });
});
