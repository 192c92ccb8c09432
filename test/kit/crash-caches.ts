import { expect } from 'vitest';
import type { CollectionRecord } from '../../src/domain/records.js';
import { DescribeCollectionResponse } from '../../src/gen/milvus.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import { textOf } from './crash-picture.js';
import type { PeerCaches } from './peer-caches.js';

/** A name clients may use for a collection, and what they are told of it. */
interface Description {
  readonly databaseName: string;
  readonly name: string;
  readonly record: CollectionRecord;
  readonly reply: DescribeCollectionResponse;
}

/** Every collection clients may see, under each of its names. */
export function describeAll(root: RootCoord): Description[] {
  return root.databases.list(0n).flatMap(({ name: databaseName }) =>
    [...root.listings.collections(databaseName, 0n)].flatMap((record) => {
      if (!record) return [];
      const names = [record.name, ...root.listings.aliasNamesOf(record)];
      return names.map((name) => {
        const query = { databaseName, collectionName: name, collectionId: 0n, at: 0n };
        const bytes = root.describeCollection(query, 'internal');
        return { databaseName, name, record, reply: DescribeCollectionResponse.decode(bytes) };
      });
    }),
  );
}

const databaseTexts = (root: RootCoord): Map<string, string> =>
  new Map(root.databases.list(0n).map((record) => [record.name, textOf(record)]));

const collectionTexts = (root: RootCoord): Map<string, string> =>
  new Map(
    describeAll(root).map(({ databaseName, name, reply }) => [
      `${databaseName}/${name}`,
      textOf(reply),
    ]),
  );

/** Proxies and DataCoord ask for everything there is and remember it. */
export function rememberAll(root: RootCoord, caches: PeerCaches): void {
  for (const [name, text] of databaseTexts(root)) caches.rememberDatabase(name, text);
  for (const { databaseName, name, record, reply } of describeAll(root)) {
    caches.rememberCollection(databaseName, name, record.id, textOf(reply));
    caches.keepSchema(record);
  }
}

/** Nobody would answer from what was true once (facts/rootcoord §25 I8). */
export function expectFresh(root: RootCoord, caches: PeerCaches): void {
  const { databases, collections } = caches.answers;
  expectSame(databases, databaseTexts(root));
  expectSame(collections, collectionTexts(root));
  for (const { record } of describeAll(root)) expect(caches.isSchemaStale(record)).toBe(false);
}

function expectSame(remembered: ReadonlyMap<string, string>, present: Map<string, string>): void {
  const stale = [...remembered].filter(([name, text]) => present.get(name) !== text);
  expect(stale.map(([name, text]) => [name, text, present.get(name)])).toEqual([]);
}
