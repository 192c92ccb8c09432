import { expect } from 'vitest';
import { DELETE_PROTECTION_KEY } from '../../src/domain/delete-protection.js';
import { DEFAULT_DATABASE_ID, DEFAULT_DATABASE_NAME } from '../../src/domain/ids.js';
import type { CollectionRecord } from '../../src/domain/records.js';
import { physicalMsOf } from '../../src/domain/timestamp.js';
import { DescribeCollectionResponse } from '../../src/gen/milvus.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import { KEYS } from './catalog-store.js';
import { SWEEP_MS } from './crash-invariants.js';
import { type Command, type Remains, refused } from './crash-scenario.js';
import { aCreate, aDrop, RULES } from './ddl-fixtures.js';
import { anAsker } from './root-runtime.js';
import {
  expectDenseJournal,
  journalOf,
  leastReferencedChannel,
  objectKeys,
} from './store-invariants.js';

/** What can be done with a catalog that was mended: everything, until nothing of it is left. */

/** Ids and timestamps are larger than all that were ever seen, by clients or in the store (§25 I1). */
export async function expectGrowing(root: RootCoord, { state, memory }: Remains): Promise<void> {
  const nextTimestamp = await root.allocateTimestamps(1, 0n);
  const nextId = await root.allocateIds(1);
  const journal = journalOf(state);
  const timestamps = journal.map(({ timestamp }) => timestamp);
  const ids = journal.flatMap(({ objectId, taskId }) => [objectId, taskId]);
  expect([memory.lastTimestamp, ...timestamps].filter((each) => each >= nextTimestamp)).toEqual([]);
  expect([memory.lastId, ...ids].filter((each) => each >= nextId)).toEqual([]);
}

export type MutableLimits = { -readonly [K in keyof typeof RULES.limits]: number };

/**
 * The sums creates are judged by are those of what is there: one more fits, and not two.
 *
 * @param limits those `root` judges by.
 */
export async function expectTrueTotals(root: RootCoord, limits: MutableLimits): Promise<void> {
  const create =
    (name: string): Command =>
    (r, asker) =>
      r.createCollection(aCreate(name), asker);
  const createDatabase =
    (databaseName: string): Command =>
    (r, asker) =>
      r.databases.create({ databaseName, properties: [] }, asker);
  const capacity = collectionsOf(root).reduce((sum, record) => sum + capacityOf(record), 0);
  limits.maxCollectionNum = collectionsOf(root).length + 1;
  await create('probe')(root, anAsker());
  await refused(create('one_too_many'), 'CollectionLimitExceeded')(root, anAsker());
  Object.assign(limits, RULES.limits, { maxGeneralCapacity: capacity + 1 });
  await refused(create('one_too_many'), 'GeneralCapacityExceeded')(root, anAsker());
  limits.maxGeneralCapacity += 1;
  await create('another_probe')(root, anAsker());
  Object.assign(limits, RULES.limits, { maxDatabaseNum: root.databases.list(0n).length + 1 });
  await createDatabase('probe')(root, anAsker());
  await refused(createDatabase('one_too_many'), 'DatabaseLimitExceeded')(root, anAsker());
  Object.assign(limits, RULES.limits);
}

const collectionsOf = (root: RootCoord): CollectionRecord[] =>
  root.databases
    .list(0n)
    .flatMap(({ name }) => [...root.listings.collections(name, 0n)].flatMap((each) => each ?? []));

const capacityOf = ({ partitions, shardsNum }: CollectionRecord): number =>
  partitions.filter(({ state }) => state === 'Created').length * shardsNum;

/** Everything can be dropped, every name used again, and in the end no key is left. */
export async function expectEverythingGoes(root: RootCoord, remains: Remains): Promise<void> {
  const { state, clock, scenario } = remains;
  const names = new Set<string>();
  for (const { name: databaseName } of root.databases.list(0n)) {
    for (const record of [...root.listings.collections(databaseName, 0n)]) {
      if (!record) continue;
      for (const name of [record.name, ...root.listings.aliasNamesOf(record)]) names.add(name);
      await dropCollection(root, databaseName, record.name);
    }
    if (databaseName !== DEFAULT_DATABASE_NAME) await dropDatabase(root, databaseName);
  }
  for (const name of names) await expectNameFree(root, name, remains);
  const { keepMs = 0 } = scenario;
  const aheadMs = physicalMsOf(await root.allocateTimestamps(1, 0n)) - clock.nowMs();
  await clock.advance(keepMs === 0 ? 100 : aheadMs + keepMs + SWEEP_MS + 100);
  expect(objectKeys(state, scenario.leaves ?? []).sort()).toEqual(
    [
      'by-dev/kv/gid/idTimestamp',
      'by-dev/kv/gid/timestamp',
      KEYS.database(DEFAULT_DATABASE_ID),
    ].sort(),
  );
  expectDenseJournal(state);
}

const UNPROTECTED = { properties: [], deleteKeys: [DELETE_PROTECTION_KEY] };

async function dropCollection(root: RootCoord, databaseName: string, collectionName: string) {
  const named = { databaseName, collectionName };
  await root.alterations.alter({ ...named, ...UNPROTECTED }, anAsker());
  await root.dropCollection(named, anAsker());
}

async function dropDatabase(root: RootCoord, databaseName: string) {
  await root.databases.alter({ databaseName, ...UNPROTECTED }, anAsker());
  await root.databases.drop({ databaseName }, anAsker());
}

/** A collection of that name gets the channel a recount says. */
async function expectNameFree(root: RootCoord, name: string, { state, clock }: Remains) {
  await clock.advance(1);
  const channel = await leastReferencedChannel(state);
  await root.createCollection(aCreate(name), anAsker());
  const query = { databaseName: 'default', collectionName: name, collectionId: 0n, at: 0n };
  const reply = DescribeCollectionResponse.decode(root.describeCollection(query, 'internal'));
  expect(reply.physicalChannelNames).toEqual([channel]);
  await root.dropCollection(aDrop(name), anAsker());
}
