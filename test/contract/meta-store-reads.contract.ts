import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScanOptions } from '../../src/ports/meta-store.js';
import { type MetaStoreBed, put, remove } from '../kit/meta-store-bed.js';

/** How values come back, one by one and in scans. */
export function readsContract(bedOf: () => MetaStoreBed): void {
  describe('values', () => {
    it('reads what was written, and nothing under a key never written or removed', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      await bed.store.commit([put(bed.key('a'), '1'), put(bed.key('b'), '2')], fence);
      await bed.store.commit(
        [put(bed.key('a'), '3'), remove(bed.key('b')), remove(bed.key('ghost'))],
        fence,
      );
      expect(await bed.read('a')).toBe('3');
      expect(await bed.read('b')).toBeUndefined();
      expect(await bed.read('ghost')).toBeUndefined();
    });

    it('keeps every byte, an empty value and a megabyte', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const megabyte = Uint8Array.from({ length: 2 ** 20 }, (_, i) => (i * 31 + (i >> 8)) % 256);
      const values = [all, new Uint8Array(0), megabyte, new Uint8Array(1)];
      const keys = values.map((_, i) => bed.key(`bytes/${i}`));
      for (const [i, value] of values.entries()) {
        await bed.store.commit([put(keys[i] ?? '', value)], fence);
      }
      const read = await Promise.all(keys.map((key) => bed.store.get(key)));
      const scanned = (await bed.readAll('bytes/')).map((row) => row.value);
      for (const stored of [read, scanned]) {
        expect(stored).toHaveLength(values.length);
        for (const [i, value] of values.entries()) {
          expect(Buffer.compare(stored[i] ?? Buffer.from('missing'), value)).toBe(0);
        }
      }
    });

    it('lets the caller reuse its buffer as soon as commit has returned', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      const buffer = Buffer.alloc(5_000, 'a');
      const committed = bed.store.commit([put(bed.key('a'), buffer)], fence);
      buffer.fill('b');
      await committed;
      expect(await bed.read('a')).toBe('a'.repeat(5_000));
    });

    it('hands out copies that later reads and writes leave alone', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      await bed.store.commit([put(bed.key('k/a'), 'first'), put(bed.key('k/b'), 'other')], fence);
      const kept = await bed.store.get(bed.key('k/a'));
      const [row] = await bed.readAll('k/');
      await bed.store.commit([put(bed.key('k/a'), 'second')], fence);
      await bed.store.get(bed.key('k/b'));
      await bed.readAll('k/');
      expect(Buffer.from(kept ?? []).toString()).toBe('first');
      expect(Buffer.from(row?.value ?? []).toString()).toBe('first');
      kept?.fill(0);
      row?.value.fill(0);
      expect(await bed.read('k/a')).toBe('second');
    });
  });

  describe('scan', () => {
    it('goes in the order of the UTF-8 bytes of the keys', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      const segment = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
      const sample = fc.sample(fc.uniqueArray(segment, { minLength: 60, maxLength: 60 }), 1);
      const names = [
        'a',
        'a\u0000',
        'b\uffff',
        'b\u{10000}',
        'ä',
        '1',
        '10',
        '2',
        ...(sample[0] ?? []),
      ];
      const paths = [...new Set(names)].map((tail) => `order/${tail}`);
      await bed.store.commit(
        paths.map((path) => put(bed.key(path), path)),
        fence,
      );
      const inOrder = paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await bed.keysOf('order/')).toEqual(inOrder);
    });

    it('finds nothing of a sibling whose name merely begins the same', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      const paths = ['a/1', 'a/1/x', 'a/1/y', 'a/10/x', 'a/1-b/x', 'a/1.', 'a/10', 'a/2/x'];
      await bed.store.commit(
        paths.map((path) => put(bed.key(path), '')),
        fence,
      );
      expect(await bed.keysOf('a/1/')).toEqual(['a/1/x', 'a/1/y']);
      expect(await bed.keysOf('a/3/')).toEqual([]);
    });

    it('refuses a prefix that does not end in a slash', async () => {
      const bed = bedOf();
      await expect(bed.readAll('a/1')).rejects.toThrow(/prefix ends in/);
    });

    it('delivers 10 000 keys in order, in more than one page', async () => {
      const bed = bedOf();
      const leadership = await bed.lead();
      const paths = Array.from({ length: 10_000 }, (_, i) => `many/${String(i).padStart(6, '0')}`);
      await bed.load(
        paths.map((path) => put(bed.key(path), path)),
        leadership,
      );
      let pages = 0;
      const seen: string[] = [];
      for await (const page of bed.store.scan(bed.key('many/'))) {
        pages += 1;
        for (const row of page) seen.push(Buffer.from(row.value).toString());
      }
      expect(seen).toEqual(paths);
      expect(pages).toBeGreaterThan(1);
    });

    it('sees the store as of its first page, whatever is written meanwhile', async () => {
      const bed = bedOf();
      const leadership = await bed.lead();
      const paths = Array.from({ length: 6_000 }, (_, i) => `s/${String(i).padStart(5, '0')}`);
      await bed.load(
        paths.map((path) => put(bed.key(path), 'old')),
        leadership,
      );
      const pages = bed.store.scan(bed.key('s/'))[Symbol.asyncIterator]();
      const first = await pages.next();
      const rows = [...(first.done ? [] : first.value)];
      expect(rows.length).toBeLessThan(paths.length);
      const changes = [
        put(bed.key('s/05998'), 'new'),
        remove(bed.key('s/05999')),
        put(bed.key('s/05997x'), 'new'),
      ];
      await bed.store.commit(changes, leadership.fence);
      for (let page = await pages.next(); !page.done; page = await pages.next())
        rows.push(...page.value);
      expect(rows.map((row) => row.key)).toEqual(paths.map(bed.key));
      expect(new Set(rows.map((row) => Buffer.from(row.value).toString()))).toEqual(
        new Set(['old']),
      );
      expect(await bed.read('s/05998')).toBe('new');
    });

    it('goes on behind any key of the prefix, whether it exists or not', async () => {
      const bed = bedOf();
      const { fence } = await bed.lead();
      const paths = ['g/', 'g/a', 'g/a!', 'g/aa', 'g/b', 'g/ä', 'g/\u{1f600}'];
      await bed.store.commit(
        [...paths, 'g0', 'f/z'].map((path) => put(bed.key(path), path)),
        fence,
      );
      const behind = async (after: string, limit?: number) => {
        const options = { after: bed.key(after), ...(limit ? { limit } : {}) };
        return (await bed.readAll('g/', bed.store, options)).map(({ value }) =>
          Buffer.from(value).toString(),
        );
      };
      for (const [i, path] of paths.entries()) {
        expect(await behind(path)).toEqual(paths.slice(i + 1));
        expect(await behind(path, 2)).toEqual(paths.slice(i + 1, i + 3));
      }
      expect(await behind('g/a ')).toEqual(['g/a!', 'g/aa', 'g/b', 'g/ä', 'g/\u{1f600}']);
      const longest = `g/${'x'.repeat(1978 - bed.key('g/').length)}`;
      await bed.store.commit([put(bed.key(longest), 'last of all')], fence);
      expect(await behind('g/b')).toEqual(['last of all', 'g/ä', 'g/\u{1f600}']);
      expect(await behind(longest)).toEqual(['g/ä', 'g/\u{1f600}']);
    });

    it('reads no more rows than asked for, over as many pages as it takes', async () => {
      const bed = bedOf();
      const leadership = await bed.lead();
      const paths = Array.from({ length: 6_500 }, (_, i) => `l/${String(i).padStart(5, '0')}`);
      await bed.load(
        paths.map((path) => put(bed.key(path), '')),
        leadership,
      );
      const countOf = async (options: ScanOptions) =>
        (await bed.readAll('l/', bed.store, options)).length;
      expect(await countOf({ limit: 1 })).toBe(1);
      expect(await countOf({ limit: 5_999 })).toBe(5_999);
      expect(await countOf({ limit: 10_000 })).toBe(6_500);
      expect(await countOf({ limit: 5_999, after: bed.key('l/05999') })).toBe(500);
    });

    it('refuses to go on outside its prefix', async () => {
      const bed = bedOf();
      const outside = { after: bed.key('b/1') };
      await expect(bed.readAll('a/', bed.store, outside)).rejects.toThrow(/inside its prefix/);
    });

    it('may be left early, and the store goes on', async () => {
      const bed = bedOf();
      const leadership = await bed.lead();
      await bed.load(
        Array.from({ length: 6_000 }, (_, i) => put(bed.key(`e/${i}`), '')),
        leadership,
      );
      for await (const page of bed.store.scan(bed.key('e/'))) {
        expect(page.length).toBeGreaterThan(0);
        break;
      }
      await bed.store.commit([put(bed.key('e/0'), 'after')], leadership.fence);
      expect(await bed.read('e/0')).toBe('after');
    });
  });
}
