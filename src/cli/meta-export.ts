import { createHash } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MetaStore } from '../ports/meta-store.js';
import { refuseHalfImported } from '../root/migration/import-marker.js';
import { entryLine, headerLine, trailerLine } from './meta-file-lines.js';
import { MetaLayout, type RootPaths } from './meta-layout.js';

/**
 * Writes every key below the root path, as of one moment, to `target` and ends it. Sessions and
 * leadership stay behind. Holds one page of the store in memory.
 *
 * @returns how many keys were written.
 */
export async function exportMeta(
  store: MetaStore,
  paths: RootPaths,
  target: Writable,
): Promise<number> {
  await refuseHalfImported(store, paths.rootPath);
  let count = 0;
  async function* lines(): AsyncGenerator<string> {
    const hash = createHash('sha256');
    const hashed = (line: string): string => {
      hash.update(line);
      return line;
    };
    yield hashed(headerLine(paths));
    for await (const line of entryLines(store, paths)) {
      count += 1;
      yield hashed(line);
    }
    yield trailerLine({ count, sha256: hash.digest('hex') });
  }
  await pipeline(Readable.from(lines()), target);
  return count;
}

async function* entryLines(store: MetaStore, paths: RootPaths): AsyncGenerator<string> {
  const layout = new MetaLayout(paths);
  for await (const page of store.scan(layout.prefix)) {
    for (const { key, value } of page) {
      const portable = layout.portable(key);
      if (portable) yield entryLine({ ...portable, value });
    }
  }
}
