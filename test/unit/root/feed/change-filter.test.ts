import { describe, expect, it } from 'vitest';
import type { CollectionId, DatabaseId, PartitionId } from '../../../../src/domain/ids.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { ObjectKind } from '../../../../src/gen/journal.js';
import type { Transition } from '../../../../src/root/catalog/change.js';
import type { ChangeFilterQuery } from '../../../../src/root/feed/change-filter.js';
import { aDatabase } from '../../../kit/catalog-store.js';
import { ALL, aFeedBench, born, sequencesOf } from '../../../kit/feed-bench.js';
import { aRecord } from '../../../kit/records.js';

const BOOKS = 20n as DatabaseId;
const FILMS = 21n as DatabaseId;
const ID = 100n as CollectionId;
const PARTITION = 150n as PartitionId;
const books = aDatabase({ id: BOOKS, name: 'books' });
const films = aDatabase({ id: FILMS, name: 'films' });
const inBooks = aRecord({ id: ID, databaseId: BOOKS });
const inFilms = aRecord({ id: ID, databaseId: FILMS });
const partition = {
  id: PARTITION,
  name: 'p',
  createdAt: 5n as Timestamp,
  state: 'Created' as const,
};
const alias = (databaseId: DatabaseId) => ({
  databaseId,
  name: 'a',
  collectionId: ID,
  createdAt: 5n as Timestamp,
});

/** Sequences 1 to 11. */
const story: readonly Transition[] = [
  { kind: 'database', before: undefined, after: books },
  { kind: 'collection', before: undefined, after: inBooks },
  { kind: 'partition', before: undefined, after: partition, collectionId: ID, databaseId: BOOKS },
  { kind: 'alias', before: undefined, after: alias(BOOKS) },
  { kind: 'database', before: undefined, after: films },
  {
    kind: 'collection',
    before: { ...inBooks, partitions: [...inBooks.partitions, partition] },
    after: inFilms,
  },
  { kind: 'alias', before: alias(BOOKS), after: alias(FILMS) },
  born(200),
  { kind: 'collection', before: inFilms, after: undefined },
  { kind: 'database', before: books, after: undefined },
  {
    kind: 'database',
    before: undefined,
    after: aDatabase({ id: 30n as DatabaseId, name: 'books' }),
  },
];

/** What a watcher from the start gets, with the choice made before, amid or after the story. */
async function chosen(filter: Partial<ChangeFilterQuery>, chosenAfter: number): Promise<number[]> {
  const bench = await aFeedBench();
  for (const transition of story.slice(0, chosenAfter)) await bench.commit([transition]);
  const watcher = bench.watch({ afterSequence: 0n, filter: { ...ALL, ...filter } });
  for (const transition of story.slice(chosenAfter)) await bench.commit([transition]);
  return sequencesOf(await bench.readAll(watcher)).map(Number);
}

const { OBJECT_KIND_ALIAS, OBJECT_KIND_DATABASE, OBJECT_KIND_PARTITION } = ObjectKind;

const table: readonly [string, Partial<ChangeFilterQuery>, readonly number[]][] = [
  ['nothing', {}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
  [
    'a database, with what leaves it and its successor',
    { databaseNames: ['books'] },
    [1, 2, 3, 4, 6, 7, 10, 11],
  ],
  ['a database, with what comes into it', { databaseNames: ['films'] }, [5, 6, 7, 9]],
  ['two databases', { databaseNames: ['films', 'default'] }, [5, 6, 7, 8, 9]],
  ['a database nobody has', { databaseNames: ['nowhere'] }, []],
  ['kinds', { kinds: [OBJECT_KIND_ALIAS, OBJECT_KIND_PARTITION] }, [3, 4, 7]],
  ['a collection, with its partitions and aliases', { objectIds: [ID] }, [2, 3, 4, 6, 7, 9]],
  ['a partition', { objectIds: [PARTITION] }, [3]],
  ['a database by id, without its collections', { objectIds: [BOOKS] }, [1, 10]],
  ['no alias by the id 0', { objectIds: [0n] }, []],
  [
    'all at once',
    { databaseNames: ['books'], kinds: [OBJECT_KIND_DATABASE], objectIds: [BOOKS] },
    [1, 10],
  ],
];

describe('a filter', () => {
  for (const [what, filter, expected] of table) {
    it(`chooses ${what}, whenever it is chosen`, async () => {
      for (let chosenAfter = 0; chosenAfter <= story.length; chosenAfter++) {
        expect(await chosen(filter, chosenAfter), `after ${chosenAfter}`).toEqual(expected);
      }
    });
  }
});
