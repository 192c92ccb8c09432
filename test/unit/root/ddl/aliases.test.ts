import { describe, expect, it } from 'vitest';
import { type CollectionId, DEFAULT_DATABASE_ID, type TaskId } from '../../../../src/domain/ids.js';
import type { AliasRecord, CollectionRecord } from '../../../../src/domain/records.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { decodeAlias } from '../../../../src/root/catalog/alias.codec.js';
import type { Catalog } from '../../../../src/root/catalog/catalog.js';
import { CatalogDraft } from '../../../../src/root/catalog/catalog-draft.js';
import type { AliasCommand } from '../../../../src/root/ddl/alias-commands.js';
import { orderKeysOf } from '../../../../src/root/ddl/commands.js';
import { ALIASES_PER_COLLECTION_MAX, planAlias } from '../../../../src/root/ddl/plans/aliases.js';
import { planCreateCollection } from '../../../../src/root/ddl/plans/create-collection.js';
import { planDropCollection } from '../../../../src/root/ddl/plans/drop-collection.js';
import { KEYS } from '../../../kit/catalog-store.js';
import {
  aCreate,
  aDrop,
  aStamp,
  asCommit,
  catalogOf,
  parentOf,
  RULES,
} from '../../../kit/ddl-fixtures.js';
import { aRecord } from '../../../kit/records.js';
import { refusalOf } from '../../../kit/refusals.js';

const NOTHING = { kind: 'nothing' };
const first = aRecord({ id: 100n as CollectionId, name: 'first' });
const second = aRecord({ id: 200n as CollectionId, name: 'second' });

const anAlias = (name: string, { id }: CollectionRecord): AliasRecord => ({
  databaseId: DEFAULT_DATABASE_ID,
  name,
  collectionId: id,
  createdAt: 2_000n as Timestamp,
});

/** Collections `first` and `second`, one being created, one being dropped, and the alias `a`. */
function catalogWith(aliases: readonly AliasRecord[] = [anAlias('a', first)]): Catalog {
  const catalog = catalogOf([
    first,
    second,
    aRecord({ id: 300n as CollectionId, name: 'coming', state: 'Creating' }),
    aRecord({ id: 400n as CollectionId, name: 'going', state: 'Dropping' }),
  ]);
  for (const after of aliases) catalog.apply({ kind: 'alias', before: undefined, after });
  return catalog;
}

const create = (alias: string, collectionName: string, databaseName = 'default') =>
  ({ kind: 'createAlias', databaseName, alias, collectionName }) as const;
const alter = (alias: string, collectionName: string, databaseName = 'default') =>
  ({ kind: 'alterAlias', databaseName, alias, collectionName }) as const;
const drop = (alias: string, databaseName = 'default') =>
  ({ kind: 'dropAlias', databaseName, alias }) as const;

const planned = (command: AliasCommand, catalog = catalogWith()) =>
  planAlias(catalog, command, RULES, aStamp());

const refused = (command: AliasCommand, catalog?: Catalog) => {
  const { code, text } = refusalOf(() => planned(command, catalog));
  return [code, text];
};

describe('an alias that is created', () => {
  it('writes its own key alone and makes proxies forget its name and its collection', () => {
    const plan = asCommit(planned(create('b', 'first')));
    const after = { ...anAlias('b', first), createdAt: 5_000n };
    expect(plan.changes).toEqual([
      {
        kind: 'alias',
        operation: 'alias.created',
        before: undefined,
        after,
        timestamp: 5_000n,
        taskId: 1n,
        actor: 'test',
      },
    ]);
    const write = parentOf(plan);
    expect(write.key).toBe(KEYS.alias(DEFAULT_DATABASE_ID, 'b'));
    expect(write.kind === 'put' && decodeAlias(write.value)).toEqual(after);
    expect(plan.followUp).toEqual({
      kind: 'expireAlias',
      databaseName: 'default',
      alias: 'b',
      collections: [first],
    });
  });

  it('changes nothing when it means that collection already', () => {
    expect(planned(create('a', 'first'))).toEqual(NOTHING);
  });

  it('may have the name of a collection that is being dropped', () => {
    expect(planned(create('going', 'first'))).toMatchObject({ kind: 'commit' });
  });

  const conflict = (alias: string) => [
    1601,
    `alias and collection name conflict[database=default][alias=${alias}]`,
  ];
  const missing = (name: string) => [
    100,
    `collection not found[database=default][collection=${name}]`,
  ];

  it.each<[string, AliasCommand, (number | string)[]]>([
    [
      'in a missing database',
      create('b', 'first', 'nowhere'),
      [800, 'database not found[database=nowhere]'],
    ],
    ['under the name of a collection', create('second', 'first'), conflict('second')],
    ['under the name of its own collection', create('first', 'first'), conflict('first')],
    [
      'under a name that is about to be a collection’s',
      create('coming', 'first'),
      conflict('coming'),
    ],
    ['under a collection’s name for a missing one', create('second', 'lost'), conflict('second')],
    ['for a missing collection', create('a', 'lost'), missing('lost')],
    ['for one that is being created', create('b', 'coming'), missing('coming')],
    ['for one that is being dropped', create('b', 'going'), missing('going')],
    ['for an alias', create('b', 'a'), missing('a')],
    [
      'while it means another collection',
      create('a', 'second'),
      [
        1602,
        'a is alias to another collection: first: alias already exist[database=default][alias=a]',
      ],
    ],
  ])('is refused %s', (_, command, words) => {
    expect(refused(command)).toEqual(words);
  });
});

describe('an alias that is altered', () => {
  it('moves in one change, and proxies forget both collections', () => {
    const plan = asCommit(planned(alter('a', 'second')));
    const before = anAlias('a', first);
    const after = { ...anAlias('a', second), createdAt: 5_000n };
    expect(plan.changes).toMatchObject([
      { kind: 'alias', operation: 'alias.altered', before, after, timestamp: 5_000n },
    ]);
    expect(plan.followUp).toMatchObject({ alias: 'a', collections: [first, second] });
    const draft = new CatalogDraft(catalogWith());
    draft.stage(plan.changes[0]);
    expect(draft.aliasNamesOf(first.id)).toEqual([]);
    expect(draft.aliasNamesOf(second.id)).toEqual(['a']);
  });

  it('changes nothing when it means that collection already', () => {
    expect(planned(alter('a', 'first'))).toEqual(NOTHING);
  });

  it.each<[string, AliasCommand, (number | string)[]]>([
    [
      'in a missing database',
      alter('a', 'first', 'nowhere'),
      [800, 'database not found[database=nowhere]'],
    ],
    [
      'when there is none',
      alter('b', 'first'),
      [1600, 'alias not found[database=default][alias=b]'],
    ],
    [
      'when it is a collection’s own name',
      alter('first', 'second'),
      [1600, 'alias not found[database=default][alias=first]'],
    ],
    [
      'to a missing collection',
      alter('a', 'lost'),
      [100, 'collection not found[database=default][collection=lost]'],
    ],
    ['to itself', alter('a', 'a'), [100, 'collection not found[database=default][collection=a]']],
  ])('is refused %s', (_, command, words) => {
    expect(refused(command)).toEqual(words);
  });
});

describe('an alias that is dropped', () => {
  it('takes its key with it', () => {
    const plan = asCommit(planned(drop('a')));
    expect(plan.changes).toMatchObject([
      {
        kind: 'alias',
        operation: 'alias.dropped',
        before: anAlias('a', first),
        after: undefined,
      },
    ]);
    expect(plan.writes).toEqual([{ kind: 'remove', key: KEYS.alias(DEFAULT_DATABASE_ID, 'a') }]);
    expect(plan.followUp).toMatchObject({ alias: 'a', collections: [first] });
  });

  it('may be missing, or be a collection’s own name', () => {
    expect(planned(drop('b'))).toEqual(NOTHING);
    expect(planned(drop('first'))).toEqual(NOTHING);
  });

  it('must be in a database that is there', () => {
    expect(refused(drop('a', 'nowhere'))).toEqual([800, 'database not found[database=nowhere]']);
  });
});

describe('a collection with as many aliases as it may have', () => {
  const many = Array.from({ length: ALIASES_PER_COLLECTION_MAX }, (_, i) =>
    anAlias(`a${i}`, first),
  );
  const full = catalogWith([...many, anAlias('other', second)]);
  const words = [65535, 'alias number (100) exceeds the limit (100), collection: first'];

  it('takes no more, created or moved', () => {
    expect(refused(create('one_more', 'first'), full)).toEqual(words);
    expect(refused(alter('other', 'first'), full)).toEqual(words);
    expect(planned(create('a0', 'first'), full)).toEqual(NOTHING);
  });

  it('is dropped in one commit of a size every store takes', () => {
    const plan = asCommit(planDropCollection(full, aDrop('first'), RULES, aStamp()));
    expect(plan.changes).toHaveLength(1 + ALIASES_PER_COLLECTION_MAX);
    expect(plan.writes.length + plan.children.length).toBeLessThan(127);
  });
});

describe('names of collections and aliases', () => {
  it('are one table: no collection can take an alias’ name', () => {
    const stamp = aStamp({ taskId: 2n as TaskId });
    expect(
      refusalOf(() => planCreateCollection(catalogWith(), aCreate('a'), RULES, stamp)).text,
    ).toBe('collection name [a] conflicts with an existing alias, please choose a unique name');
  });

  it('are ordered together: an alias command waits for whatever says its names', () => {
    const catalog = catalogWith();
    const keys = (command: AliasCommand) => new Set(orderKeysOf(catalog, command));
    const ofFirst = ['name:default/first', 'collection:100'];
    const ofSecond = ['name:default/second', 'collection:200'];
    expect(keys(create('b', 'second'))).toEqual(new Set(['name:default/b', ...ofSecond]));
    expect(keys(alter('a', 'second'))).toEqual(
      new Set(['name:default/a', ...ofFirst, ...ofSecond]),
    );
    expect(keys(drop('a'))).toEqual(new Set(['name:default/a', ...ofFirst]));
    expect(new Set(orderKeysOf(catalog, aDrop('first')))).toEqual(new Set(ofFirst));
  });
});
