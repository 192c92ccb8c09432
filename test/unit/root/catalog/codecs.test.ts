import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectionId, DatabaseId, PartitionId } from '../../../../src/domain/ids.js';
import type { CollectionRecord, LifecycleState } from '../../../../src/domain/records.js';
import { normaliseSchema } from '../../../../src/domain/schema/normalise-schema.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { ConsistencyLevel } from '../../../../src/gen/common.js';
import { CollectionInfo } from '../../../../src/gen/etcd_meta.js';
import { type CollectionSchema, DataType, FieldSchema } from '../../../../src/gen/schema.js';
import { decodeImage, encodeImage } from '../../../../src/root/catalog/collection.codec.js';
import { decodeDatabase, encodeDatabase } from '../../../../src/root/catalog/database.codec.js';
import { aValidSchema } from '../../../kit/arbitrary-schema.js';
import {
  aDatabase,
  collectionWrites,
  databaseWrite,
  KEYS,
  loadedFrom,
} from '../../../kit/catalog-store.js';
import { plain } from '../../../kit/plain.js';
import { aRecord } from '../../../kit/records.js';
import {
  aField,
  aFunction,
  anAnalysedText,
  anArray,
  anArrayOfVector,
  aSchema,
  aSparseVector,
  aStruct,
  pairs,
} from '../../../kit/schemas.js';

const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/** What a restart reads of a record that was written whole. */
async function afterRestart(record: CollectionRecord): Promise<CollectionRecord | undefined> {
  const { catalog } = await loadedFrom([databaseWrite(aDatabase()), ...collectionWrites(record)]);
  return catalog.collectionById(record.id);
}

/** Nothing is lost in the keys, nor in the image the journal carries. */
async function expectKept(record: CollectionRecord): Promise<void> {
  expect(plain(await afterRestart(record))).toEqual(plain(record));
  expect(plain(decodeImage(encodeImage(record)))).toEqual(plain(record));
}

const withSchema = (schema: CollectionSchema): CollectionRecord =>
  aRecord({ name: schema.name, schema: normaliseSchema(schema) });

/** A float is stored as 32 bits, so that is what a client's float is before it is stored, too. */
const asFloat32 = (schema: CollectionSchema): CollectionSchema => ({
  ...schema,
  fields: schema.fields.map((field) => {
    const floatData = field.defaultValue?.floatData;
    if (floatData === undefined) return field;
    return { ...field, defaultValue: { floatData: Math.fround(floatData) } };
  }),
});

describe('a collection written as keys and loaded back', { timeout: 60_000 }, () => {
  it('keeps functions, struct arrays, the dynamic field and the order of system fields', async () => {
    const record = withSchema(
      aSchema([anAnalysedText(), aSparseVector('sparse')], {
        enableDynamicField: true,
        functions: [aFunction()],
        structArrayFields: [aStruct('s', [anArray('n'), anArrayOfVector('v')])],
        properties: pairs({ 'mmap.enabled': 'true' }),
        description: 'all there is',
      }),
    );
    const loaded = await afterRestart(record);
    await expectKept(record);
    expect(loaded?.schema.fields.map(({ name }) => name)).toEqual([
      'id',
      'vector',
      'text',
      'sparse',
      '$meta',
      'RowID',
      'Timestamp',
    ]);
    expect(loaded?.schema.functions).toHaveLength(1);
    expect(loaded?.schema.structArrayFields[0]?.fields).toHaveLength(2);
  });

  it('is equal for every schema a proxy accepts', async () => {
    const check = async (schema: CollectionSchema) => {
      const record = withSchema(asFloat32(schema));
      await expectKept(record);
    };
    await fc.assert(fc.asyncProperty(aValidSchema, check), { numRuns: 200 });
  });

  it('keeps 1024 partitions in the order of their ids, which is not the order of the keys', async () => {
    const firstId = 9_990n;
    const record = aRecord({
      partitions: Array.from({ length: 1_024 }, (_, i) => ({
        id: (firstId + BigInt(i)) as PartitionId,
        name: `_default_${i}`,
        createdAt: 7n as Timestamp,
        state: 'Created' as const,
      })),
    });
    const keys = record.partitions.map(({ id }) => KEYS.partition(record.id, id));
    expect([...keys].sort()).not.toEqual(keys);
    await expectKept(record);
  });

  it('keeps more than ten fields in the order of their ids', async () => {
    const fields = Array.from({ length: 950 }, (_, i) => aField(`f${i}`));
    const record = withSchema(aSchema(fields));
    await expectKept(record);
  });

  it.each([
    ['Bool', DataType.Bool, { boolData: false }],
    ['the smallest Int64', DataType.Int64, { longData: -(2n ** 63n) }],
    ['the largest Int64', DataType.Int64, { longData: INT64_MAX }],
    ['a negative Int32', DataType.Int32, { intData: -1 }],
    ['zero', DataType.Int64, { longData: 0n }],
    ['Float', DataType.Float, { floatData: Math.fround(0.1) }],
    ['not a number', DataType.Double, { doubleData: Number.NaN }],
    ['minus zero', DataType.Double, { doubleData: -0 }],
    ['an empty text', DataType.VarChar, { stringData: '' }],
    ['a text beyond ASCII', DataType.VarChar, { stringData: 'Größe 尺寸 🚀' }],
    ['Timestamptz', DataType.Timestamptz, { timestamptzData: INT64_MAX }],
  ] as const)('keeps a default value: %s', async (_title, dataType, defaultValue) => {
    const record = withSchema(aSchema([aField('f', { dataType, defaultValue })]));
    const loaded = await afterRestart(record);
    expect(loaded?.schema.fields.find(({ name }) => name === 'f')?.defaultValue).toMatchObject(
      defaultValue,
    );
    await expectKept(record);
  });

  it('keeps ids and times at the edges of 64 bits', async () => {
    const record = aRecord({
      id: INT64_MAX as CollectionId,
      databaseId: (INT64_MAX - 1n) as DatabaseId,
      createdAt: (UINT64_MAX - 1n) as Timestamp,
      updatedAt: UINT64_MAX as Timestamp,
      partitions: [
        {
          id: INT64_MAX as PartitionId,
          name: '_default',
          createdAt: UINT64_MAX as Timestamp,
          state: 'Created',
        },
      ],
      startPositions: [{ key: 'by-dev-rootcoord-dml_0', data: new Uint8Array([0, 255]) }],
      consistencyLevel: ConsistencyLevel.Customized,
      properties: pairs({ 'collection.ttl.seconds': 3600 }),
      shardsNum: 3,
    });
    await expectKept(record);
  });

  it.each(['Creating', 'Created', 'Dropping', 'Dropped'] as const)(
    'keeps the state word %s',
    async (state: LifecycleState) => {
      const record = aRecord({ state });
      await expectKept(record);
    },
  );

  it('keeps what a newer client said that this version does not know', async () => {
    const FIELD_999_VARINT_7 = Buffer.of(0xb8, 0x3e, 7);
    const newer = Buffer.concat([FieldSchema.encode(aField('f')).finish(), FIELD_999_VARINT_7]);
    const record = withSchema(aSchema([FieldSchema.decode(newer)]));
    const loaded = await afterRestart(record);
    const field = loaded?.schema.fields.find(({ name }) => name === 'f');
    const bytes = FieldSchema.encode(field ?? aField('')).finish();
    expect(Buffer.from(bytes).includes(FIELD_999_VARINT_7)).toBe(true);
  });

  it('writes no child into the collection key, as Milvus does', () => {
    const [parent] = collectionWrites(aRecord());
    const info = CollectionInfo.decode(parent?.kind === 'put' ? parent.value : new Uint8Array());
    expect(info.schema).toMatchObject({ fields: [], functions: [], structArrayFields: [] });
    expect(info.partitionIDs).toEqual([]);
  });
});

describe('keys', () => {
  it('reports children without a collection as orphans and loads none of them', async () => {
    const record = aRecord({ id: 7n as CollectionId });
    const [, ...children] = collectionWrites(record);
    const { catalog, orphanKeys } = await loadedFrom([
      databaseWrite(aDatabase()),
      ...children,
      ...collectionWrites(aRecord({ id: 70n as CollectionId })),
    ]);
    expect([...orphanKeys].sort()).toEqual(children.map(({ key }) => key).sort());
    expect([...catalog.allCollections()].map(({ id }) => id)).toEqual([70n]);
  });

  it('never mixes ids of which one begins like the other', async () => {
    const ids = [1n, 10n, 11n, 100n];
    const records = ids.flatMap((databaseId) =>
      ids.map((id) =>
        aRecord({
          id: (databaseId * 1_000n + id) as CollectionId,
          databaseId: databaseId as DatabaseId,
        }),
      ),
    );
    const near = [1n, 10n].map((id) => aRecord({ id: id as CollectionId }));
    const databases = ids.map((id) => aDatabase({ id: id as DatabaseId, name: `db${id}` }));
    const { catalog, orphanKeys } = await loadedFrom([
      ...databases.map(databaseWrite),
      ...[...records, ...near].flatMap(collectionWrites),
    ]);
    expect(orphanKeys).toEqual([]);
    for (const record of [...records, ...near]) {
      expect(plain(catalog.collectionById(record.id))).toEqual(plain(record));
    }
    for (const { id } of databases) {
      const listed = [...catalog.visibleCollections(id)];
      expect(listed.every(({ databaseId }) => databaseId === id)).toBe(true);
    }
    expect([...catalog.visibleCollections(10n as DatabaseId)]).toHaveLength(ids.length);
  });
});

describe('a database', () => {
  it('is read as it was written', () => {
    const record = aDatabase({
      id: INT64_MAX as DatabaseId,
      createdUnixNs: UINT64_MAX,
      properties: pairs({ 'database.max.collections': 7 }),
    });
    expect(plain(decodeDatabase(encodeDatabase(record)))).toEqual(plain(record));
  });
});
