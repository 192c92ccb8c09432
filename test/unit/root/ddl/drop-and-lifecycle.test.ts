import { describe, expect, it } from 'vitest';
import {
  type CollectionId,
  type DatabaseId,
  DEFAULT_DATABASE_ID,
} from '../../../../src/domain/ids.js';
import { CollectionInfo } from '../../../../src/gen/etcd_meta.js';
import type { DdlCommand } from '../../../../src/root/ddl/commands.js';
import { laneOf, orderKeyOf } from '../../../../src/root/ddl/commands.js';
import { planDropCollection } from '../../../../src/root/ddl/plans/drop-collection.js';
import { planMarkCreated, planPurgeCollection } from '../../../../src/root/ddl/plans/lifecycle.js';
import { aDatabase, collectionWrites, KEYS } from '../../../kit/catalog-store.js';
import { aCreate, aDrop, aStamp, asCommit, catalogOf, RULES } from '../../../kit/ddl-fixtures.js';
import { aRecord } from '../../../kit/records.js';

const NOTHING = { kind: 'nothing' };
const created = aRecord({ name: 'c' });
const creating = aRecord({ name: 'c', state: 'Creating' });
const dropping = aRecord({ name: 'c', state: 'Dropping' });

const stateIn = (write: { kind: string; value?: Uint8Array }): number =>
  CollectionInfo.decode(write.value ?? new Uint8Array()).state;

describe('a drop', () => {
  const drop = (catalog = catalogOf([created]), command = aDrop('c')) =>
    planDropCollection(catalog, command, RULES, aStamp());

  it('writes the one record with the state Dropping and its own time, and summons the actor', () => {
    const plan = asCommit(drop());
    const after = { ...created, state: 'Dropping', updatedAt: 5_000n };
    expect(plan.change).toEqual({
      kind: 'collection',
      operation: 'collection.dropping',
      before: created,
      after,
      timestamp: 5_000n,
      taskId: 1n,
      actor: 'test',
    });
    expect(plan.followUp).toEqual({ kind: 'summon', record: after });
    expect(plan.children).toEqual([]);
    expect(plan.parent.key).toBe(KEYS.collection(DEFAULT_DATABASE_ID, created.id));
    expect(stateIn(plan.parent)).toBe(2);
  });

  it.each([
    ['there is no such collection', catalogOf([]), aDrop('c')],
    ['there is no such database', catalogOf([created]), { ...aDrop('c'), databaseName: 'nowhere' }],
    ['the collection is not visible yet', catalogOf([creating]), aDrop('c')],
    ['it is being dropped already', catalogOf([dropping]), aDrop('c')],
  ])('is done at once when %s', (_title, catalog, command) => {
    expect(drop(catalog, command)).toEqual(NOTHING);
  });

  it('takes the namesake of its own database', () => {
    const other = { ...created, id: 9n as CollectionId, databaseId: 10n as DatabaseId };
    const catalog = catalogOf([other, created]);
    expect(asCommit(drop(catalog)).change.before).toBe(created);
  });
});

describe('marking a collection Created', () => {
  const mark = (record = creating, catalog = catalogOf([creating])) =>
    planMarkCreated(catalog, { kind: 'markCreated', record }, RULES, aStamp());

  it('takes effect at the time of the create itself', () => {
    const plan = asCommit(mark());
    expect(plan.change).toMatchObject({
      operation: 'collection.created',
      before: creating,
      after: created,
      timestamp: creating.createdAt,
    });
    expect(plan.followUp).toEqual({ kind: 'settle', record: created });
    expect([plan.children, stateIn(plan.parent)]).toEqual([[], 0]);
  });

  it('starts from what is committed, not from what the actor remembers', () => {
    const remembered = { ...creating, shardsNum: 99 };
    expect(asCommit(mark(remembered)).change.after?.shardsNum).toBe(creating.shardsNum);
  });

  it.each([
    ['is gone', []],
    ['is Created already', [created]],
    ['is being dropped', [dropping]],
  ])('is a defect when the collection %s', (_title, records) => {
    expect(() => mark(creating, catalogOf(records))).toThrow('only a collection being created');
  });
});

describe('a purge', () => {
  const purge = (records = [dropping]) =>
    planPurgeCollection(
      catalogOf(records),
      { kind: 'purgeCollection', collectionId: dropping.id },
      RULES,
      aStamp(),
    );

  it('removes exactly the keys the collection was written under, the record last', () => {
    const plan = asCommit(purge());
    const keys = [plan.parent, ...plan.children].map(({ kind, key }) => [kind, key]);
    expect(keys).toEqual(collectionWrites(dropping).map(({ key }) => ['remove', key]));
    expect(plan.order).toBe('parentLast');
    expect(plan.followUp).toEqual({ kind: 'settle', record: dropping });
  });

  it.each([
    ['dropped', dropping],
    ['undone', creating],
  ])('is told in history as %s', (word, before) => {
    const { change } = asCommit(purge([before]));
    expect(change).toMatchObject({ operation: `collection.${word}`, before, after: undefined });
    expect(change.timestamp).toBe(5_000n);
  });

  it('has nothing to do the second time', () => {
    expect(purge([])).toEqual(NOTHING);
  });

  it('of a visible collection is a defect', () => {
    expect(() => purge([created])).toThrow('a visible collection is never purged');
  });
});

describe('queueing', () => {
  const commands: DdlCommand[] = [
    aCreate('c'),
    aDrop('c'),
    { kind: 'markCreated', record: creating },
    { kind: 'purgeCollection', collectionId: creating.id },
  ];

  it('puts what clients ask under one name in one line, and what an actor asks in its own', () => {
    expect(commands.map(orderKeyOf)).toEqual([
      'name:default/c',
      'name:default/c',
      'id:100',
      'id:100',
    ]);
  });

  it('never counts the work of actors against the room for clients', () => {
    expect(commands.map(laneOf)).toEqual(['client', 'client', 'lifecycle', 'lifecycle']);
  });

  it('keeps names of different databases apart', () => {
    const elsewhere = { ...aCreate('c'), databaseName: aDatabase({ name: 'other' }).name };
    expect(orderKeyOf(elsewhere)).not.toBe(orderKeyOf(aCreate('c')));
  });
});
