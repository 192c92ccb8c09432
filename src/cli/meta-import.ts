import { CoordError, echo } from '../domain/errors.js';
import { bytesOf, type Fence, type MetaStore, type Write } from '../ports/meta-store.js';
import { CommitPacker } from '../root/migration/commit-packer.js';
import { importMarkerKey } from '../root/migration/import-marker.js';
import { badFile, type Entry } from './meta-file-lines.js';
import { readMetaFile } from './meta-file-reader.js';
import { MetaLayout, type RootPaths } from './meta-layout.js';

/** Gives the file from its beginning; it is read twice. */
export type OpenFile = () => AsyncIterable<Uint8Array>;

/**
 * Fills an empty store from a file of `exportMeta`, below this store's own paths. The whole file
 * is checked before the first write. When it is cut short after that, a marker in the store keeps
 * every start-up away, and another import clears what came so far and begins again.
 *
 * @returns how many keys were written.
 * @throws CoordError `ParameterInvalid` for a file that is cut short, altered, of another version
 *   or too long in a line, and for a store that is not empty.
 */
export async function importMeta(
  store: MetaStore,
  fence: Fence,
  paths: RootPaths,
  openFile: OpenFile,
): Promise<number> {
  const layout = new MetaLayout(paths);
  await checkFile(store, layout, openFile);
  const packer = new CommitPacker(store, fence);
  const marker = importMarkerKey(paths.rootPath);
  if (await store.get(marker)) await clear(store, packer, layout);
  else await checkEmpty(store, layout);
  await packer.together([{ kind: 'put', key: marker, value: Buffer.from('under way') }]);
  await packer.flush();
  let count = 0;
  for await (const entry of readMetaFile(openFile())) {
    await packer.together([toWrite(layout, entry)]);
    count += 1;
  }
  await packer.flush();
  await store.commit([{ kind: 'remove', key: marker }], fence);
  return count;
}

function toWrite(layout: MetaLayout, entry: Entry): Write {
  return { kind: 'put', key: layout.full(entry), value: entry.value };
}

/** Reads the file to its end, so that nothing is written from one that will be refused. */
async function checkFile(store: MetaStore, layout: MetaLayout, openFile: OpenFile): Promise<void> {
  const { bytesMax } = store.limits;
  for await (const entry of readMetaFile(openFile())) {
    const write = toWrite(layout, entry);
    const bytes = bytesOf(write);
    if (bytes > bytesMax) {
      throw badFile(`${echo(write.key)} has ${bytes} bytes, this store takes ${bytesMax}`);
    }
    if (!layout.portable(write.key)) throw badFile(`it holds ${echo(write.key)}`);
  }
}

async function checkEmpty(store: MetaStore, layout: MetaLayout): Promise<void> {
  for await (const page of store.scan(layout.prefix)) {
    const found = page.find(({ key }) => layout.portable(key));
    if (!found) continue;
    throw new CoordError(
      'ParameterInvalid',
      `only an empty metastore can be imported into; this one holds ${echo(found.key)}`,
    );
  }
}

/** Everything here came from an import that was cut short: the store was empty before. */
async function clear(store: MetaStore, packer: CommitPacker, layout: MetaLayout): Promise<void> {
  for await (const page of store.scan(layout.prefix)) {
    for (const { key } of page) {
      if (layout.portable(key)) await packer.together([{ kind: 'remove', key }]);
    }
  }
  await packer.flush();
}
