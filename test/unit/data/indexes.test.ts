import { describe, expect, it } from 'vitest';
import { decodeIndex, encodeIndex } from '../../../src/data/indexes/index.codec.js';
import type { CreateIndexCommand } from '../../../src/data/indexes/indexes.js';
import { CoordError } from '../../../src/domain/errors.js';
import type { CollectionId, FieldId } from '../../../src/domain/ids.js';
import type { Timestamp } from '../../../src/domain/timestamp.js';
import { FieldIndex } from '../../../src/gen/index_coord.js';
import { DataWorld } from '../../kit/data-world.js';
import { aDefinition, anIndex } from '../../kit/indexes.js';
import { aRecord } from '../../kit/records.js';
import { pairs } from '../../kit/schemas.js';

const COLLECTION = aRecord();
const collectionId = COLLECTION.id;
const VECTOR = COLLECTION.schema.fields.find(({ name }) => name === 'vector')?.fieldID as FieldId;
const KEY = COLLECTION.schema.fields.find(({ name }) => name === 'id')?.fieldID as FieldId;

const command = (changes: Partial<CreateIndexCommand> = {}): CreateIndexCommand => ({
  ...aDefinition({ fieldId: VECTOR }),
  collectionId,
  at: 0n,
  ...changes,
});

async function aWorld() {
  const world = new DataWorld();
  world.collections.push(COLLECTION);
  return { world, indexes: (await world.start()).indexes };
}

const all = { collectionId, name: '' };
const refusedWith = (code: number) => expect.objectContaining({ code });

describe('an index', () => {
  it('is stored under Milvus key, as a FieldIndex', async () => {
    const { world, indexes } = await aWorld();
    const { id, createdAt } = await indexes.create(command());
    expect(await world.keys()).toEqual([`by-dev/meta/field-index/${collectionId}/${id}`]);
    const value = await world.store.get(`by-dev/meta/field-index/${collectionId}/${id}`);
    expect(FieldIndex.decode(value ?? new Uint8Array())).toMatchObject({
      deleted: false,
      createTime: createdAt,
      indexInfo: { collectionID: collectionId, fieldID: VECTOR, indexName: 'vector', indexID: id },
    });
  });

  it('is the same after its record was read back', () => {
    expect(decodeIndex(encodeIndex(anIndex()))).toEqual(anIndex());
  });

  it('that Milvus marked deleted is none', () => {
    const deleted = { ...FieldIndex.decode(encodeIndex(anIndex())), deleted: true };
    expect(decodeIndex(FieldIndex.encode(deleted).finish())).toBeUndefined();
  });

  it('carries the timestamp of its request, or one of its own', async () => {
    const { indexes } = await aWorld();
    expect((await indexes.create(command({ at: 77n }))).createdAt).toBe(77n);
    await indexes.drop({ ...all, dropAll: true });
    expect((await indexes.create(command())).createdAt).toBeGreaterThan(1_000n);
  });

  it('that cannot be read stops the start and is named', async () => {
    const { world } = await aWorld();
    const key = 'by-dev/meta/field-index/100/1';
    await world.put(key);
    await expect(world.start()).rejects.toThrow(`the index record ${key} cannot be read`);
  });

  it('survives a restart', async () => {
    const { world, indexes } = await aWorld();
    const record = await indexes.create(command({ name: 'mine' }));
    const { indexes: again } = await world.start();
    expect(again.find(all)).toEqual([record]);
  });

  it('without segments is finished at once', async () => {
    const { indexes } = await aWorld();
    await indexes.create(command());
    expect(indexes.only(all).progress).toMatchObject({ state: 'Finished', totalRows: 0n });
    expect(indexes.segmentStates(all, [9n])).toEqual([
      {
        segmentId: 9n,
        indexName: 'vector',
        state: 'Unissued',
        reason: 'segment index not exist with ID: 9',
      },
    ]);
  });
});

describe('creating an index', () => {
  it('again writes nothing', async () => {
    const { world, indexes } = await aWorld();
    const first = await indexes.create(command());
    const { commitCount } = world.store;
    expect(await indexes.create(command())).toEqual(first);
    expect(world.store.commitCount).toBe(commitCount);
  });

  it('many times at once makes one', async () => {
    const { indexes } = await aWorld();
    const made = await Promise.all(Array.from({ length: 20 }, () => indexes.create(command())));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  });

  it('is refused for a collection nobody sees, and for a field it has not', async () => {
    const { indexes } = await aWorld();
    const elsewhere = command({ collectionId: 4n as CollectionId });
    await expect(indexes.create(elsewhere)).rejects.toThrow('collection not found[collection=4]');
    const nowhere = command({ fieldId: 4n as FieldId });
    await expect(indexes.create(nowhere)).rejects.toThrow('field not found[fieldID=4]');
  });

  it('that the store does not take leaves nothing, and may be asked for again', async () => {
    const { world, indexes } = await aWorld();
    world.store.faults = { onCommit: () => ({ kind: 'refuse' }) };
    await expect(indexes.create(command())).rejects.toEqual(refusedWith(1001));
    expect(indexes.find(all)).toEqual([]);
    world.store.faults = {};
    await indexes.create(command());
    expect(indexes.find(all)).toHaveLength(1);
    expect(world.broken).toEqual([]);
  });

  it('whose commit ends nobody knows how breaks the coordinator', async () => {
    const { world, indexes } = await aWorld();
    const lost = CoordError.of('ServiceNotReady');
    world.store.commit = () => Promise.reject(lost);
    await expect(indexes.create(command())).rejects.toBe(lost);
    expect(world.broken).toEqual([lost]);
  });

  it('that waits for a collection being dropped leaves no index behind', async () => {
    const { world, indexes } = await aWorld();
    await indexes.create(command());
    world.collections.length = 0;
    const drop = indexes.dropAll(collectionId);
    const late = indexes.create(command({ fieldId: KEY }));
    await expect(late).rejects.toEqual(refusedWith(100));
    await drop;
    expect(await world.keys()).toEqual([]);
  });

  it('that came before the drop of its collection goes with it', async () => {
    const { world, indexes } = await aWorld();
    world.store.faults = { onCommit: () => ({ kind: 'stall', ms: 50 }) };
    const created = indexes.create(command());
    await new Promise((resolve) => setImmediate(resolve));
    world.collections.length = 0;
    const drop = indexes.dropAll(collectionId);
    await world.clock.advance(50);
    await created;
    await world.clock.advance(50);
    await drop;
    expect(await world.keys()).toEqual([]);
  });
});

describe('altering an index', () => {
  it('is durable', async () => {
    const { world, indexes } = await aWorld();
    await indexes.create(command());
    const params = pairs({ 'mmap.enabled': 'true' });
    await indexes.alter({ collectionId, name: 'vector', params, deleteKeys: [] });
    const { indexes: again } = await world.start();
    expect(again.only(all).record.userIndexParams).toEqual([
      ...command().userIndexParams,
      ...params,
    ]);
  });

  it('needs a name, and an index of that name', async () => {
    const { indexes } = await aWorld();
    const change = { collectionId, params: pairs({ 'mmap.enabled': 'true' }), deleteKeys: [] };
    await expect(indexes.alter({ ...change, name: '' })).rejects.toThrow('index name is empty');
    await expect(indexes.alter({ ...change, name: 'x' })).rejects.toThrow(
      'index not found[indexName=x]',
    );
  });
});

describe('dropping indexes', () => {
  it('of several takes all of them only when told so', async () => {
    const { world, indexes } = await aWorld();
    await indexes.create(command());
    const scalar = { typeParams: [], indexParams: pairs({ index_type: 'INVERTED' }) };
    await indexes.create(command({ fieldId: KEY, ...scalar, userIndexParams: [] }));
    await expect(indexes.drop({ ...all, dropAll: false })).rejects.toEqual(refusedWith(702));
    await indexes.drop({ ...all, dropAll: true });
    expect(indexes.find(all)).toEqual([]);
    expect(await world.keys()).toEqual([]);
    await indexes.drop({ ...all, dropAll: false });
  });

  it('takes only those of the collection whose id is meant, not those it begins', async () => {
    const { world, indexes } = await aWorld();
    const longer = aRecord({ id: 1000n as CollectionId });
    world.collections.push(longer);
    await indexes.create(command());
    await indexes.create(command({ collectionId: longer.id }));
    await indexes.dropAll(collectionId);
    expect(indexes.find({ collectionId: longer.id, name: '' })).toHaveLength(1);
    expect(await world.keys()).toHaveLength(1);
  });

  it('leaves a record marked deleted while segments have index files', async () => {
    const { world, indexes } = await aWorld();
    const { id } = await indexes.create(command());
    const segmentKey = `by-dev/meta/segment-index/${collectionId}/1/2/3`;
    await world.put(segmentKey);
    await indexes.dropAll(collectionId);
    const key = `by-dev/meta/field-index/${collectionId}/${id}`;
    expect(await world.keys()).toEqual([key, segmentKey]);
    const value = (await world.store.get(key)) ?? new Uint8Array();
    expect(FieldIndex.decode(value)).toMatchObject({ deleted: true, indexInfo: { indexID: id } });
    expect((await world.start()).indexes.find(all)).toEqual([]);
  });

  it('of more than one commit holds, and goes on after a failure in the middle', async () => {
    const { world, indexes } = await aWorld();
    const paths = Array.from({ length: 300 }, (_, i) => `/p${i}`);
    for (const path of paths) {
      const indexParams = pairs({ index_type: 'INVERTED', json_path: path });
      await indexes.create(command({ name: path, indexParams, userIndexParams: [] }));
    }
    const begun = world.store.commitCount;
    world.store.faults = { onCommit: (i) => (i > begun ? { kind: 'refuse' } : undefined) };
    await expect(indexes.dropAll(collectionId)).rejects.toEqual(refusedWith(1001));
    expect(indexes.find(all).length).toBe((await world.keys()).length);
    expect(indexes.find(all).length).toBeGreaterThan(0);
    world.store.faults = {};
    await indexes.dropAll(collectionId);
    expect(await world.keys()).toEqual([]);
  });
});

describe('questions about indexes', () => {
  it('that mean none are refused', async () => {
    const { indexes } = await aWorld();
    for (const ask of [
      () => indexes.describe(all, 0n),
      () => indexes.statistics(all),
      () => indexes.only(all),
      () => indexes.segmentStates(all, [1n]),
    ]) {
      expect(ask).toThrow('index not found[indexName=]');
    }
    expect(indexes.find(all)).toEqual([]);
  });

  it('may be about one field', async () => {
    const { indexes } = await aWorld();
    await indexes.create(command());
    expect(indexes.find({ ...all, fieldId: VECTOR })).toHaveLength(1);
    expect(indexes.find({ ...all, fieldId: KEY })).toHaveLength(0);
  });

  it('are answered in order of creation', async () => {
    const { indexes } = await aWorld();
    await indexes.create(command({ at: 9n as Timestamp }));
    const scalar = { typeParams: [], indexParams: pairs({ index_type: 'INVERTED' }) };
    await indexes.create(command({ fieldId: KEY, ...scalar, userIndexParams: [] }));
    expect(indexes.describe(all, 0n).map(({ record }) => record.name)).toEqual(['vector', 'id']);
  });
});
