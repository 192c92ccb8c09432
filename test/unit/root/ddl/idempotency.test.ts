import { describe, expect, it } from 'vitest';
import { CoordError } from '../../../../src/domain/errors.js';
import type { Asker } from '../../../../src/root/asker.js';
import { decodeEntry } from '../../../../src/root/catalog/journal.js';
import { RecordedOutcomes } from '../../../../src/root/catalog/recorded-outcomes.js';
import type { RootCoord } from '../../../../src/root/root-coord.js';
import { KEYS, rowsUnder } from '../../../kit/catalog-store.js';
import { aCreate, aDrop, RULES } from '../../../kit/ddl-fixtures.js';
import { type CommitFault, FaultyMetaStore } from '../../../kit/faulty-meta-store.js';
import { keyedAsker } from '../../../kit/keyed-asker.js';
import { aPartitionCreate, aPartitionDrop } from '../../../kit/partition-fixtures.js';
import {
  anAsker,
  type BootOptions,
  bootRuntime,
  type TestRuntime,
} from '../../../kit/root-runtime.js';
import { settled } from '../../../kit/virtual-clock.js';

const settings = { rules: { ...RULES, undropKeepMs: 60_000 }, historyRetentionMs: 3_600_000 };

const boot = (options: BootOptions = {}) => bootRuntime({ settings, ...options });

const has = (root: RootCoord, collectionName: string) =>
  root.hasCollection({ databaseName: 'default', collectionName, collectionId: 0n, at: 0n });

const refusalOf = async (call: Promise<unknown>): Promise<CoordError> => {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error instanceof CoordError) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
};

/** Every word of the journal, in order. */
const operationsIn = async ({ store }: Pick<TestRuntime, 'store'>): Promise<string[]> =>
  (await rowsUnder(store, KEYS.journal)).flatMap(({ value }) =>
    decodeEntry(value).map(({ operation }) => operation),
  );

describe('a request with an idempotency key', () => {
  it('does nothing the second time, whatever happened since', async () => {
    const { root } = await boot();
    await root.createCollection(aCreate('c'), keyedAsker('k'));
    await root.dropCollection(aDrop('c'), anAsker());
    await root.createCollection(aCreate('c'), keyedAsker('k'));
    expect(has(root, 'c')).toBe(false);
  });

  it('is refused the second time as it was the first, though it could succeed by now', async () => {
    const { root } = await boot();
    const first = await refusalOf(
      root.partitions.create(aPartitionCreate('p', 'c'), keyedAsker('k')),
    );
    await root.createCollection(aCreate('c'), anAsker());
    const second = await refusalOf(
      root.partitions.create(aPartitionCreate('p', 'c'), keyedAsker('k')),
    );
    expect(second).toEqual(first);
    const { kind, code, legacyCode, retriable } = first;
    expect({ kind, code, legacyCode, retriable }).toEqual({
      ...{ kind: 'CollectionNotFound', code: 100, legacyCode: 4, retriable: false },
    });
  });

  it('does nothing the second time when there was nothing to do the first time', async () => {
    const { root } = await boot();
    await root.dropCollection(aDrop('c'), keyedAsker('k'));
    await root.createCollection(aCreate('c'), anAsker());
    await root.dropCollection(aDrop('c'), keyedAsker('k'));
    expect(has(root, 'c')).toBe(true);
  });

  it('is tried again after a failure that may pass', async () => {
    const faults = { onCommit: (): CommitFault | undefined => undefined };
    const { root } = await boot({
      wrap: (store, clock) => new FaultyMetaStore(store, clock, faults),
    });
    faults.onCommit = () => ({ kind: 'refuse' });
    const failure = await refusalOf(root.createCollection(aCreate('c'), keyedAsker('k')));
    expect(failure.kind).toBe('MetaStoreUnavailable');
    faults.onCommit = () => undefined;
    await root.createCollection(aCreate('c'), keyedAsker('k'));
    expect(has(root, 'c')).toBe(true);
  });

  it('is refused when the key belongs to another request', async () => {
    const { root } = await boot();
    await root.createCollection(aCreate('c'), keyedAsker('k', 'one'));
    const refusal = await refusalOf(root.createCollection(aCreate('d'), keyedAsker('k', 'two')));
    expect([refusal.code, refusal.message]).toEqual([
      1100,
      'the idempotency key was used for another request: invalid parameter',
    ]);
    expect(has(root, 'd')).toBe(false);
  });

  it('waits for itself while it is under way, and nobody else ends the wait', async () => {
    const { root, ...world } = await boot();
    const impatient = new AbortController();
    const asker: Asker = { ...keyedAsker('k'), signal: impatient.signal };
    const first = root.createCollection(aCreate('c'), asker);
    const second = root.createCollection(aCreate('c'), keyedAsker('k'));
    const other = root.createCollection(aCreate('d'), keyedAsker('k', 'another'));
    impatient.abort();
    expect((await refusalOf(first)).kind).toBe('Cancelled');
    expect((await refusalOf(other)).kind).toBe('ParameterInvalid');
    await second;
    expect(has(root, 'c')).toBe(true);
    const created = (await operationsIn(world)).filter((word) => word === 'collection.creating');
    expect(created).toHaveLength(1);
  });

  it('tells again what an undrop brought back', async () => {
    const { root, clock } = await boot();
    await root.createCollection(aCreate('c'), anAsker());
    for (const alias of ['kept', 'lost']) {
      await root.aliases.create({ databaseName: 'default', collectionName: 'c', alias }, anAsker());
    }
    await root.partitions.create(aPartitionCreate('p', 'c'), anAsker());
    await root.partitions.drop(aPartitionDrop('p', 'c'), anAsker());
    const partition = { databaseName: 'default', collectionName: 'c', partitionName: 'p' };
    const undropPartition = () =>
      root.undrop.partition({ ...partition, partitionId: 0n }, keyedAsker('p'));
    const partitionId = await undropPartition();
    expect(await undropPartition()).toBe(partitionId);
    await root.dropCollection(aDrop('c'), anAsker());
    await root.createCollection(aCreate('lost'), anAsker());
    await clock.advance(1_000);
    const collection = { databaseName: 'default', collectionName: 'c', collectionId: 0n };
    const undrop = () => root.undrop.collection({ ...collection, newName: '' }, keyedAsker('c'));
    const brought = await undrop();
    expect(brought.aliasesLost).toEqual(['lost']);
    expect(await undrop()).toEqual(brought);
  });

  it('is forgotten when history forgets what it changed', async () => {
    const { root, clock, store } = await boot();
    await root.createCollection(aCreate('c'), keyedAsker('k'));
    await root.dropCollection(aDrop('c'), anAsker());
    expect(await rowsUnder(store, KEYS.outcomes)).toHaveLength(1);
    await clock.advance(settings.historyRetentionMs + 120_000);
    await settled();
    expect(await rowsUnder(store, KEYS.outcomes)).toEqual([]);
    await root.createCollection(aCreate('c'), keyedAsker('k'));
    expect(has(root, 'c')).toBe(true);
  });

  it('is refused when no more keys can be remembered', async () => {
    const outcomes = new RecordedOutcomes(KEYS, 1);
    const outcome = { refusal: '', legacyCode: 0, reason: '', objectId: 0n, aliasesLost: [] };
    const digest = new Uint8Array(32);
    outcomes.remember({ key: 'a', requestDigest: digest, timestamp: 1n, ...outcome });
    expect(outcomes.find({ key: 'a', requestDigest: digest })?.key).toBe('a');
    expect(() => outcomes.find({ key: 'b', requestDigest: digest })).toThrow(
      'no more idempotency keys can be remembered',
    );
  });
});

/** Requests whose effect shows in the journal exactly once, however often they are made. */
const requests: readonly {
  readonly name: string;
  readonly operation: string;
  readonly ask: (root: RootCoord, asker: Asker) => Promise<unknown>;
}[] = [
  {
    name: 'createCollection',
    operation: 'collection.created',
    ask: (root, asker) => root.createCollection(aCreate('new'), asker),
  },
  {
    name: 'dropCollection',
    operation: 'collection.dropping',
    ask: (root, asker) => root.dropCollection(aDrop('old'), asker),
  },
  {
    name: 'createPartition',
    operation: 'partition.created',
    ask: (root, asker) => root.partitions.create(aPartitionCreate('new', 'old'), asker),
  },
  {
    name: 'dropPartition',
    operation: 'partition.dropping',
    ask: (root, asker) => root.partitions.drop(aPartitionDrop('p', 'old'), asker),
  },
  {
    name: 'createAlias',
    operation: 'alias.created',
    ask: (root, asker) =>
      root.aliases.create({ databaseName: 'default', collectionName: 'old', alias: 'a' }, asker),
  },
  {
    name: 'createDatabase',
    operation: 'database.created',
    ask: (root, asker) => root.databases.create({ databaseName: 'shop', properties: [] }, asker),
  },
  {
    name: 'renameCollection',
    operation: 'collection.renamed',
    ask: (root, asker) =>
      root.alterations.rename(
        {
          ...{ databaseName: 'default', collectionName: 'old' },
          ...{ newDatabaseName: 'default', newName: 'renamed' },
        },
        asker,
      ),
  },
];

describe.each(requests)('$name with an idempotency key', ({ operation, ask }) => {
  /** Dies at one commit of the request, starts again and asks again; false when it has no such. */
  async function survives(commitIndex: number, isWritten: boolean): Promise<boolean> {
    let faulty: FaultyMetaStore | undefined;
    const first = await boot({
      wrap: (store, clock) => {
        faulty = new FaultyMetaStore(store, clock);
        return faulty;
      },
    });
    await first.root.createCollection(aCreate('old'), anAsker());
    await first.root.partitions.create(aPartitionCreate('p', 'old'), anAsker());
    await settled();
    const before = (await operationsIn(first)).filter((word) => word === operation).length;
    let hasDied = false;
    const start = faulty?.commitCount ?? 0;
    if (faulty) {
      faulty.faults = {
        onCommit: (index) => {
          if (index !== start + commitIndex) return undefined;
          hasDied = true;
          return { kind: 'hang', isWritten };
        },
      };
    }
    const asked = ask(first.root, keyedAsker('k')).catch(() => undefined);
    for (let turn = 0; turn < 20; turn += 1) await settled();
    first.runtime.abandon();
    await asked;
    const second = await boot({ state: first.state, clock: first.clock });
    await second.clock.advance(1);
    await ask(second.root, keyedAsker('k'));
    await ask(second.root, keyedAsker('k'));
    const after = (await operationsIn(second)).filter((word) => word === operation).length;
    expect([commitIndex, isWritten, after - before]).toEqual([commitIndex, isWritten, 1]);
    second.runtime.abandon();
    return hasDied;
  }

  it('happens once, whichever commit the coordinator dies at', async () => {
    let commits = 0;
    while ((await survives(commits, false)) && (await survives(commits, true))) commits += 1;
    expect(commits).toBeGreaterThan(0);
  });
});
