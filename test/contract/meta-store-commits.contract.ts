import { describe, expect, it } from 'vitest';
import { KEY_BYTES_MAX } from '../../src/adapters/meta-store-rules.js';
import { bytesOf } from '../../src/ports/meta-store.js';
import { type MetaStoreBed, put, remove } from '../kit/meta-store-bed.js';

/** All or none, within the limits. */
export function commitsContract(bedOf: () => MetaStoreBed): void {
  describe('commit', () => {
    it('is never seen half done', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      const paths = Array.from({ length: 100 }, (_, i) => `atom/${i}`);
      const writeAll = (value: string) =>
        bed.store.commit(
          paths.map((path) => put(bed.key(path), value)),
          fence,
        );
      await writeAll('0');
      let isWriting = true;
      const writer = (async () => {
        for (let round = 1; round <= 50; round++) await writeAll(String(round));
        isWriting = false;
      })();
      const seen = new Set<string>();
      while (isWriting) {
        const values = new Set(
          (await bed.readAll('atom/')).map((row) => Buffer.from(row.value).toString()),
        );
        expect(values.size).toBe(1);
        for (const value of values) seen.add(value);
      }
      await writer;
      expect(seen.size).toBeGreaterThan(1);
      expect(await bed.read('atom/99')).toBe('50');
    });

    it('works 64 at a time', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      const numbers = Array.from({ length: 64 }, (_, i) => i);
      await Promise.all(
        numbers.map((n) =>
          bed.store.commit(
            [put(bed.key(`c/${n}/a`), `${n}`), put(bed.key(`c/${n}/b`), `${n}`)],
            fence,
          ),
        ),
      );
      const rows = await bed.readAll('c/');
      expect(rows).toHaveLength(128);
      for (const row of rows)
        expect(row.key.split('/').at(-2)).toBe(Buffer.from(row.value).toString());
    });

    it('takes as many operations and bytes as its limits say', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      const { operationsMax, bytesMax } = bed.store.limits;
      const writes = Array.from({ length: operationsMax }, (_, i) => put(bed.key(`full/${i}`), ''));
      const used = writes.reduce((sum, write) => sum + bytesOf(write), 0);
      const last = put(bed.key('full/0'), Buffer.alloc(bytesMax - used, 1));
      await bed.store.commit([last, ...writes.slice(1)], fence);
      expect(await bed.readAll('full/')).toHaveLength(operationsMax);
    });

    it('throws on one operation or one byte too many, and writes nothing', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      const { operationsMax, bytesMax } = bed.store.limits;
      const many = Array.from({ length: operationsMax + 1 }, (_, i) =>
        put(bed.key(`over/${i}`), ''),
      );
      await expect(bed.store.commit(many, fence)).rejects.toThrow(/invariant violated.*operations/);
      const room =
        bytesMax - Buffer.byteLength(bed.key('over/a')) - Buffer.byteLength(bed.key('over/b'));
      const large = [put(bed.key('over/a'), Buffer.alloc(room)), put(bed.key('over/b'), 'x')];
      await expect(bed.store.commit(large, fence)).rejects.toThrow(/invariant violated.*bytes/);
      expect(await bed.readAll('over/')).toEqual([]);
    });

    it('throws when a key occurs twice, and writes nothing', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      const twice = [
        put(bed.key('twice'), '1'),
        put(bed.key('other'), '1'),
        remove(bed.key('twice')),
      ];
      await expect(bed.store.commit(twice, fence)).rejects.toThrow(/once per commit/);
      expect(await bed.read('other')).toBeUndefined();
    });

    it(`takes keys of ${KEY_BYTES_MAX} bytes and refuses longer ones by name`, async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      const room = KEY_BYTES_MAX - Buffer.byteLength(bed.key(''));
      const longest = `${'ä'.repeat(Math.floor(room / 2))}${'x'.repeat(room % 2)}`;
      await bed.store.commit([put(bed.key(longest), 'fits')], fence);
      expect(await bed.read(longest)).toBe('fits');
      expect(await bed.keysOf('')).toEqual([longest]);
      const tooLong = { kind: 'ParameterTooLarge', message: expect.stringMatching(/1979 bytes/) };
      await expect(
        bed.store.commit([put(bed.key(`${longest}x`), '')], fence),
      ).rejects.toMatchObject(tooLong);
      await expect(bed.read(`${longest}x`)).rejects.toMatchObject(tooLong);
    });
  });
}
