import { describe, expect, it } from 'vitest';
import { changeJson, changeLine } from '../../../src/cli/change-line.js';
import { droppedLine } from '../../../src/cli/undrop.js';
import { watchRequest } from '../../../src/cli/watch.js';
import { timestamp } from '../../../src/domain/timestamp.js';
import { ChangeEvent, DroppedObject } from '../../../src/gen/control.js';
import { ObjectKind } from '../../../src/gen/journal.js';

const AT = timestamp(Date.UTC(2026, 0, 2, 3, 4, 5, 678), 9);

const event = ChangeEvent.fromPartial({
  sequence: 2n ** 63n + 1n,
  timestamp: AT,
  taskId: 7n,
  actor: '127.0.0.1:5\n6',
  operation: 'collection.created',
  kind: ObjectKind.OBJECT_KIND_COLLECTION,
  objectId: 2n ** 62n + 1n,
  databaseId: 1n,
  after: { collection: { info: { ID: 2n ** 62n + 1n, schema: { name: 'books' } } } },
});

describe('a change', () => {
  it('is one line: sequence, time, operation, name, who', () => {
    expect(changeLine(event)).toBe(
      '9223372036854775809 2026-01-02T03:04:05.678Z collection.created books 127.0.0.1:5\\u000a6',
    );
  });

  it('is one line of JSON with exact numbers and what it did', () => {
    const text = changeJson(event);
    expect(text).not.toContain('\n');
    expect(JSON.parse(text)).toMatchObject({
      sequence: '9223372036854775809',
      timestamp: String(AT),
      time: '2026-01-02T03:04:05.678Z',
      kind: 'collection',
      name: 'books',
      objectId: '4611686018427387905',
      before: null,
      after: { info: { ID: '4611686018427387905', schema: { name: 'books' } } },
    });
  });

  it('carries the name an object had when it is gone', () => {
    const gone = ChangeEvent.fromPartial({
      ...event,
      after: undefined,
      before: { alias: { aliasName: 'x' } },
    });
    expect(changeLine(gone)).toContain(' x ');
  });
});

describe('a dropped object', () => {
  it('is one line with its place and how long it is kept', () => {
    const dropped = DroppedObject.fromPartial({
      kind: ObjectKind.OBJECT_KIND_PARTITION,
      objectId: 12n,
      dbName: 'shop',
      collectionName: 'books',
      partitionName: 'p',
      droppedTimestamp: AT,
      keptUntilMs: BigInt(Date.UTC(2026, 0, 2, 4)),
    });
    expect(droppedLine(dropped)).toBe(
      'partition 12 shop.books.p dropped 2026-01-02T03:04:05.678Z kept until 2026-01-02T04:00:00.000Z',
    );
  });
});

describe('the options of watch', () => {
  const ask = (options: object) => watchRequest({ set: [], ...options });

  it('become a request whose first change is the one asked for', () => {
    expect(ask({ from: '12' }).afterSequence).toBe(11n);
    expect(ask({ from: '0' }).afterSequence).toBe(0n);
    expect(ask({}).afterSequence).toBe(0n);
    expect(ask({ onlyNew: true })).toMatchObject({ onlyNew: true });
    expect(ask({ db: ['a'], kind: ['alias'], object: ['5'] }).filter).toMatchObject({
      databaseNames: ['a'],
      kinds: [ObjectKind.OBJECT_KIND_ALIAS],
      objectIds: [5n],
    });
  });

  it.each([
    [{ from: '-1' }, 'error: --from "-1" is no whole number of 64 bits'],
    [
      { from: '18446744073709551616' },
      'error: --from "18446744073709551616" is no whole number of 64 bits',
    ],
    [{ object: ['x'] }, 'error: --object "x" is no whole number of 63 bits'],
    [
      { kind: ['index'] },
      'error: --kind "index" is none of database, collection, partition, alias',
    ],
    [{ from: '1', onlyNew: true }, 'error: --from and --only-new exclude each other'],
  ])('%o are refused', (options, text) => {
    expect(() => ask(options)).toThrow(text);
  });
});
