import { describe, expect, it } from 'vitest';
import {
  type CollectionId,
  type DatabaseId,
  DEFAULT_DATABASE_ID,
} from '../../../../src/domain/ids.js';
import { timestamp } from '../../../../src/domain/timestamp.js';
import { CollectionInfo } from '../../../../src/gen/etcd_meta.js';
import type { DdlCommand } from '../../../../src/root/ddl/commands.js';
import { laneOf, orderKeysOf } from '../../../../src/root/ddl/commands.js';
import type { PlanRules } from '../../../../src/root/ddl/plan.js';
import { planDropCollection } from '../../../../src/root/ddl/plans/drop-collection.js';
import {
  planConfirmDrop,
  planMarkCreated,
  planPurgeCollection,
} from '../../../../src/root/ddl/plans/lifecycle.js';
import { aDatabase, collectionWrites, KEYS } from '../../../kit/catalog-store.js';
import {
  aCreate,
  aDrop,
  aStamp,
  asCommit,
  catalogOf,
  collectionChangeOf,
  parentOf,
  RULES,
  recordOf,
  writesOf,
} from '../../../kit/ddl-fixtures.js';
import { aRecord } from '../../../kit/records.js';
import { refusalOf } from '../../../kit/refusals.js';

const NOTHING = { kind: 'nothing' };
const created = aRecord({ name: 'c' });
const creating = aRecord({ name: 'c', state: 'Creating' });
const dropping = aRecord({ name: 'c', state: 'Dropping' });
const final = aRecord({ name: 'c', state: 'Dropped' });

const stateIn = (write: { kind: string; value?: Uint8Array }): number =>
  CollectionInfo.decode(write.value ?? new Uint8Array()).state;

describe('a drop', () => {
  const drop = (catalog = catalogOf([created]), command = aDrop('c'), undropKeepMs = 1_000) =>
    planDropCollection(catalog, command, { ...RULES, undropKeepMs }, aStamp());

  it('is final from the beginning where no drop is kept', () => {
    const plan = asCommit(drop(catalogOf([created]), aDrop('c'), 0));
    expect(recordOf(plan)).toEqual({ ...created, state: 'Dropped', updatedAt: 5_000n });
    expect(stateIn(parentOf(plan))).toBe(3);
  });

  it('writes the one record with the state Dropping and its own time, and summons the actor', () => {
    const plan = asCommit(drop());
    const after = { ...created, state: 'Dropping', updatedAt: 5_000n };
    expect(plan.changes).toEqual([
      {
        kind: 'collection',
        operation: 'collection.dropping',
        before: created,
        after,
        timestamp: 5_000n,
        taskId: 1n,
        actor: 'test',
      },
    ]);
    expect(plan.followUp).toEqual({ kind: 'summon', record: after, origin: 'ddl' });
    expect(plan.children).toEqual([]);
    expect(parentOf(plan).key).toBe(KEYS.collection(DEFAULT_DATABASE_ID, created.id));
    expect(stateIn(parentOf(plan))).toBe(2);
  });

  it.each([
    ['there is no such collection', catalogOf([]), aDrop('c')],
    ['there is no such database', catalogOf([created]), { ...aDrop('c'), databaseName: 'nowhere' }],
    ['the collection is not visible yet', catalogOf([creating]), aDrop('c')],
    ['it is being dropped already', catalogOf([dropping]), aDrop('c')],
    ['it is dropped for good', catalogOf([final]), aDrop('c')],
  ])('is done at once when %s', (_title, catalog, command) => {
    expect(drop(catalog, command)).toEqual(NOTHING);
  });

  it('takes the namesake of its own database', () => {
    const other = { ...created, id: 9n as CollectionId, databaseId: 10n as DatabaseId };
    const catalog = catalogOf([other, created]);
    expect(collectionChangeOf(asCommit(drop(catalog))).before).toBe(created);
  });
});

describe('marking a collection Created', () => {
  const mark = (record = creating, catalog = catalogOf([creating])) =>
    planMarkCreated(catalog, { kind: 'markCreated', record }, RULES, aStamp());

  it('takes effect at the time of the create itself', () => {
    const plan = asCommit(mark());
    expect(plan.changes).toMatchObject([
      {
        operation: 'collection.created',
        before: creating,
        after: created,
        timestamp: creating.createdAt,
      },
    ]);
    expect(plan.followUp).toEqual({ kind: 'settle', record: created });
    expect([plan.children, stateIn(parentOf(plan))]).toEqual([[], 0]);
  });

  it('starts from what is committed, not from what the actor remembers', () => {
    const remembered = { ...creating, shardsNum: 99 };
    expect(recordOf(mark(remembered)).shardsNum).toBe(creating.shardsNum);
  });

  it.each([
    ['is gone', []],
    ['is Created already', [created]],
    ['is being dropped', [dropping]],
  ])('is a defect when the collection %s', (_title, records) => {
    expect(() => mark(creating, catalogOf(records))).toThrow('only a collection being created');
  });
});

describe('confirming a drop', () => {
  const droppedMs = 1_000_000;
  const KEEP_MS = 60_000;
  const kept = { ...dropping, updatedAt: timestamp(droppedMs, 9) };
  const confirm = (
    nowMs: number,
    records = [kept],
    rules: Partial<PlanRules> = { undropKeepMs: KEEP_MS },
  ) =>
    planConfirmDrop(
      catalogOf(records),
      { kind: 'confirmDrop', collectionId: kept.id },
      { ...RULES, ...rules },
      aStamp({ timestamp: timestamp(nowMs, 0) }),
    );

  it('is refused until the millisecond in which it can no longer be taken back', () => {
    expect(refusalOf(() => confirm(droppedMs))).toMatchObject({ code: 2 });
    expect(() => confirm(droppedMs + KEEP_MS - 1)).toThrow('the drop can still be taken back');
    expect(asCommit(confirm(droppedMs + KEEP_MS))).toBeDefined();
  });

  it('writes the one record with the state Dropped, the time of its drop left as it is', () => {
    const plan = asCommit(confirm(droppedMs + KEEP_MS));
    const after = { ...kept, state: 'Dropped' };
    const timestampNow = timestamp(droppedMs + KEEP_MS, 0);
    expect(plan.changes).toMatchObject([
      { operation: 'collection.final', before: kept, after, timestamp: timestampNow },
    ]);
    expect([plan.children, writesOf(plan).length, stateIn(parentOf(plan))]).toEqual([[], 1, 3]);
    expect(plan.followUp).toEqual({ kind: 'settle', record: after });
  });

  it('is done at once when nothing is left, and when it is final already', () => {
    expect(confirm(droppedMs, [])).toEqual(NOTHING);
    expect(confirm(droppedMs, [{ ...kept, state: 'Dropped' }])).toEqual(NOTHING);
  });

  it('is accepted at any time of a drop made when drops were kept', () => {
    expect(recordOf(confirm(droppedMs, [kept], { undropKeepMs: 0 })).state).toBe('Dropped');
  });

  it('is accepted before its time while more drops are kept than may be, and no longer', () => {
    const rules = { undropKeepMs: KEEP_MS, keptMax: 1 };
    const other = { ...kept, id: 77n as CollectionId };
    expect(recordOf(confirm(droppedMs, [kept, other], rules)).state).toBe('Dropped');
    expect(() => confirm(droppedMs, [kept], rules)).toThrow('can still be taken back');
    const gone = { ...other, state: 'Dropped' as const };
    expect(() => confirm(droppedMs, [kept, gone], rules)).toThrow('can still be taken back');
  });

  it('is refused when it was taken back', () => {
    const back = { ...kept, state: 'Created' as const };
    expect(() => confirm(droppedMs + KEEP_MS, [back])).toThrow('can still be taken back');
  });
});

describe('a purge', () => {
  const purge = (records = [final]) =>
    planPurgeCollection(
      catalogOf(records),
      { kind: 'purgeCollection', collectionId: dropping.id },
      RULES,
      aStamp(),
    );

  it('removes exactly the keys the collection was written under, the record last', () => {
    const plan = asCommit(purge());
    const keys = writesOf(plan).map(({ kind, key }) => [kind, key]);
    expect(keys).toEqual(collectionWrites(final).map(({ key }) => ['remove', key]));
    expect(plan.order).toBe('parentLast');
    expect(plan.followUp).toEqual({ kind: 'settle', record: final });
  });

  it.each([
    ['dropped', final],
    ['undone', creating],
  ])('is told in history as %s', (word, before) => {
    const { changes } = asCommit(purge([before]));
    const operation = `collection.${word}`;
    expect(changes).toMatchObject([{ operation, before, after: undefined, timestamp: 5_000n }]);
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
  const keysOf = (command: DdlCommand) => orderKeysOf(catalogOf(), command);

  it('puts what clients ask under one name in one line, and what an actor asks in its own', () => {
    expect(commands.map(keysOf)).toEqual([
      ['name:default/c'],
      ['name:default/c'],
      ['id:100'],
      ['id:100'],
    ]);
  });

  it('never counts the work of actors against the room for clients', () => {
    expect(commands.map(laneOf)).toEqual(['client', 'client', 'lifecycle', 'lifecycle']);
  });

  it('keeps names of different databases apart', () => {
    const elsewhere = { ...aCreate('c'), databaseName: aDatabase({ name: 'other' }).name };
    expect(keysOf(elsewhere)).not.toEqual(keysOf(aCreate('c')));
  });
});
