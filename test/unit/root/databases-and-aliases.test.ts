import { describe, expect, it } from 'vitest';
import { lonelyPeers } from '../../../src/adapters/in-process/peers.js';
import { CoordError } from '../../../src/domain/errors.js';
import { DescribeCollectionResponse } from '../../../src/gen/milvus.js';
import type { MetaStore } from '../../../src/ports/meta-store.js';
import type { Peers, ProxyPeers } from '../../../src/ports/peers.js';
import { decodeAlias } from '../../../src/root/catalog/alias.codec.js';
import { decodeEntry } from '../../../src/root/catalog/journal.js';
import type { RootCoord } from '../../../src/root/root-coord.js';
import { KEYS, rowsUnder } from '../../kit/catalog-store.js';
import { aCreate, aDrop, RULES } from '../../kit/ddl-fixtures.js';
import { anAsker, bootRuntime } from '../../kit/root-runtime.js';
import { settled } from '../../kit/virtual-clock.js';
import { visibleCollections } from '../../kit/visible-collections.js';

const KEEP_MS = 60_000;
const settings = { rules: { ...RULES, undropKeepMs: KEEP_MS } };
const library = { databaseName: 'library' };

const createAlias = (root: RootCoord, alias: string, collectionName: string) =>
  root.aliases.create({ databaseName: 'default', alias, collectionName }, anAsker());

const describeIn = (root: RootCoord, collectionName: string) =>
  DescribeCollectionResponse.decode(
    root.describeCollection(
      { databaseName: 'default', collectionName, collectionId: 0n, at: 0n },
      'public',
    ),
  );

/** Every key of a collection or an alias. */
async function catalogKeys(store: MetaStore): Promise<string[]> {
  const prefixes = [KEYS.collections, KEYS.partitions, KEYS.fields, KEYS.aliases];
  const rows = await Promise.all(prefixes.map((prefix) => rowsUnder(store, prefix)));
  return rows.flat().map(({ key }) => key);
}

describe('a database dropped while its last collection is kept', () => {
  /** The database `library` had the collection `books` with an alias; both are dropped. */
  async function dropped() {
    const booted = await bootRuntime({ settings });
    const { root } = booted;
    await root.databases.create({ ...library, properties: [] }, anAsker());
    await root.createCollection(aCreate('books', library), anAsker());
    const alias = { ...library, alias: 'novels', collectionName: 'books' };
    await root.aliases.create(alias, anAsker());
    await root.dropCollection({ ...aDrop('books'), ...library }, anAsker());
    await root.databases.drop(library, anAsker());
    return booted;
  }

  const undropBooks = (root: RootCoord) =>
    root.undrop.collection(
      { ...library, collectionName: 'books', collectionId: 0n, newName: '' },
      anAsker(),
    );

  it('leaves the collection to its time, then no key of it is left', async () => {
    const { store, clock, broken } = await dropped();
    await clock.advance(KEEP_MS / 2);
    expect(await catalogKeys(store)).not.toEqual([]);
    await clock.advance(KEEP_MS);
    expect(await catalogKeys(store)).toEqual([]);
    expect(broken).toEqual([]);
  });

  it('leaves it to whoever starts next, too', async () => {
    const { state, clock, runtime } = await dropped();
    runtime.abandon();
    const { store, broken } = await bootRuntime({ state, clock, settings });
    await clock.advance(2 * KEEP_MS);
    expect(await catalogKeys(store)).toEqual([]);
    expect(broken).toEqual([]);
  });

  it('cannot have it back, nor can another database of the same name', async () => {
    const { root } = await dropped();
    const refusal = { code: 800, message: 'database not found[database=library]' };
    await expect(undropBooks(root)).rejects.toMatchObject(refusal);
    await root.databases.create({ ...library, properties: [] }, anAsker());
    await expect(undropBooks(root)).rejects.toBeInstanceOf(CoordError);
    expect(visibleCollections(root, 'library', 0n)).toEqual([]);
  });
});

/** Proxies that answer when a test lets them, and note what the catalog said when they were told. */
class HeldProxies {
  readonly told: string[] = [];
  readonly #answers: (() => void)[] = [];

  peers(): Peers {
    const hold = (word: string) => {
      this.told.push(word);
      return new Promise<void>((resolve) => this.#answers.push(resolve));
    };
    const proxies: ProxyPeers = {
      ...lonelyPeers().proxies,
      expireAlias: (databaseName, alias) => hold(`alias ${databaseName}/${alias}`),
      expireDatabase: (databaseName) => hold(`database ${databaseName}`),
      expireCollection: ({ name }) => hold(`collection ${name}`),
    };
    return { ...lonelyPeers(), proxies };
  }

  async answer(): Promise<void> {
    for (const answer of this.#answers.splice(0)) answer();
    await settled();
  }

  /** Answers whoever is told on the way until the work is done. */
  async during<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const ended = work.finally(() => {
      isDone = true;
    });
    while (!isDone) await this.answer();
    return ended;
  }
}

describe('caches of proxies', () => {
  it.each([
    [
      'creating an alias',
      ['alias default/b', 'collection first'],
      (root: RootCoord) => createAlias(root, 'b', 'first'),
      (root: RootCoord) => describeIn(root, 'first').aliases.includes('b'),
    ],
    [
      'moving an alias',
      ['alias default/a', 'collection first', 'collection second'],
      (root: RootCoord) => {
        const command = { databaseName: 'default', alias: 'a', collectionName: 'second' };
        return root.aliases.alter(command, anAsker());
      },
      (root: RootCoord) => describeIn(root, 'second').aliases.includes('a'),
    ],
    [
      'dropping an alias',
      ['alias default/a', 'collection first'],
      (root: RootCoord) => root.aliases.drop({ databaseName: 'default', alias: 'a' }, anAsker()),
      (root: RootCoord) => describeIn(root, 'first').aliases.length === 0,
    ],
    [
      'altering a database',
      ['database library'],
      (root: RootCoord) => {
        const properties = [{ key: 'owner', value: 'me' }];
        return root.databases.alter({ ...library, properties, deleteKeys: [] }, anAsker());
      },
      (root: RootCoord) => root.databases.describe('library', 0n).properties.length === 1,
    ],
    [
      'dropping a database',
      ['database library'],
      (root: RootCoord) => root.databases.drop(library, anAsker()),
      (root: RootCoord) => root.databases.list(0n).length === 1,
    ],
  ])('forget after the commit and before the answer of %s', async (_, told, change, isDone) => {
    const proxies = new HeldProxies();
    const { root } = await bootRuntime({ peers: proxies.peers() });
    await root.databases.create({ ...library, properties: [] }, anAsker());
    for (const name of ['first', 'second']) {
      await proxies.during(root.createCollection(aCreate(name), anAsker()));
    }
    await proxies.during(createAlias(root, 'a', 'first'));
    proxies.told.length = 0;
    let hasAnswer = false;
    const answered = change(root).then(() => {
      hasAnswer = true;
    });
    while (proxies.told.length === 0) await settled();
    expect([proxies.told, isDone(root), hasAnswer]).toEqual([told, true, false]);
    await proxies.answer();
    await answered;
  });

  it('that cannot be reached fail no DDL', async () => {
    const lost = async () => {
      throw CoordError.of('ServiceUnavailable', {}, 'the proxy is gone');
    };
    const { proxies, ...others } = lonelyPeers();
    const peers = {
      ...others,
      proxies: { ...proxies, expireAlias: lost, expireDatabase: lost, expireCollection: lost },
    };
    const { root } = await bootRuntime({ peers });
    await root.createCollection(aCreate('first'), anAsker());
    await createAlias(root, 'a', 'first');
    await root.databases.create({ ...library, properties: [] }, anAsker());
    await root.databases.drop(library, anAsker());
    expect(describeIn(root, 'a').aliases).toEqual(['a']);
  });
});

it('the journal tells what happened to databases and aliases, a move as one change', async () => {
  const { root, store } = await bootRuntime();
  await root.databases.create({ ...library, properties: [] }, anAsker());
  const properties = [{ key: 'owner', value: 'me' }];
  await root.databases.alter({ ...library, properties, deleteKeys: [] }, anAsker());
  await root.databases.drop(library, anAsker());
  for (const name of ['first', 'second']) await root.createCollection(aCreate(name), anAsker());
  await createAlias(root, 'a', 'first');
  const moved = { databaseName: 'default', alias: 'a', collectionName: 'second' };
  await root.aliases.alter(moved, anAsker());
  await root.aliases.drop({ databaseName: 'default', alias: 'a' }, anAsker());
  const entries = await rowsUnder(store, KEYS.journal);
  const changes = entries.flatMap(({ value }) => decodeEntry(value));
  const operations = changes.map(({ operation }) => operation);
  expect(operations.filter((each) => !each.startsWith('collection.'))).toEqual([
    ...['database.created', 'database.created', 'database.altered', 'database.dropped'],
    ...['alias.created', 'alias.altered', 'alias.dropped'],
  ]);
  const altered = changes.find(({ operation }) => operation === 'alias.altered');
  const [first, second] = ['first', 'second'].map((name) => describeIn(root, name).collectionID);
  expect(decodeAlias(altered?.before ?? new Uint8Array()).collectionId).toBe(first);
  expect(decodeAlias(altered?.after ?? new Uint8Array()).collectionId).toBe(second);
});
