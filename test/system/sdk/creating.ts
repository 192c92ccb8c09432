import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import { describeCollection, timestampNow } from '../../kit/milvus-calls.js';
import {
  collectionOf,
  createThrough,
  describeThrough,
  freshName,
  idField,
  textField,
  vectorField,
} from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

/** Timestamps carry milliseconds above 18 bits of a counter. */
const LOGICAL_BITS = 18n;
const SHARDS_MAX = 16;

/** A text and the vector BM25 makes of it. */
const searchable = {
  fields: [
    idField(),
    textField('text', { enable_analyzer: true }),
    { name: 'sparse', data_type: DataType.SparseFloatVector },
  ] satisfies FieldType[],
  functions: [
    {
      name: 'bm25',
      description: 'words to weights',
      type: 'BM25' as const,
      input_field_names: ['text'],
      output_field_names: ['sparse'],
      params: {},
    },
  ],
};

const chapters: FieldType = {
  name: 'chapters',
  description: 'one row each',
  data_type: DataType.Array,
  element_type: DataType.Struct,
  max_capacity: 4,
  fields: [
    { name: 'title', data_type: DataType.VarChar, max_length: 9, description: 'as printed' },
    { name: 'pages', data_type: DataType.Int16 },
    { name: 'embedding', data_type: DataType.FloatVector, dim: 4 },
  ],
};

/** What a create leaves behind, as DescribeCollection tells it. */
export function creatingSuite(server: SuiteServer): void {
  describe('a new collection', () => {
    const create = (extra: FieldType[] = [], changes: Parameters<typeof collectionOf>[2] = {}) =>
      createThrough(server.sdk, collectionOf(freshName(), extra, changes));

    it('is described in full, with nothing its creator did not ask for', async () => {
      const collection_name = freshName();
      const answer = await createThrough(
        server.sdk,
        collectionOf(collection_name, [], { description: 'a shelf' }),
      );
      expect(answer).toMatchObject({
        collection_name,
        db_name: 'default',
        db_id: '1',
        shards_num: 1,
        consistency_level: 'Bounded',
        num_partitions: '1',
        aliases: [],
        properties: [],
        schema: {
          name: collection_name,
          description: 'a shelf',
          autoID: false,
          enable_dynamic_field: false,
          functions: [],
          struct_array_fields: [],
        },
      });
      const [key] = answer.physical_channel_names;
      expect(answer).toMatchObject({
        start_positions: [
          { key, data: { type: 'Buffer', data: expect.arrayContaining([expect.any(Number)]) } },
        ],
      });
      expect(answer.schema.fields.map(({ name, fieldID }) => [name, fieldID])).toEqual([
        ['id', '100'],
        ['vector', '101'],
      ]);
    });

    it('bears a timestamp taken while it was created, and the same in milliseconds', async () => {
      const before = await timestampNow(server.milvus);
      const answer = await create();
      const after = await timestampNow(server.milvus);
      const created = BigInt(answer.created_timestamp);
      expect(created).toBeGreaterThan(before);
      expect(created).toBeLessThan(after);
      expect(BigInt(answer.created_utc_timestamp)).toBe(created >> LOGICAL_BITS);
      expect(answer.update_timestamp_str).toBe(answer.created_timestamp);
    });

    it('has an id beyond what a double holds, the same to the digit everywhere', async () => {
      const collection_name = freshName();
      const { collectionID } = await createThrough(server.sdk, collectionOf(collection_name));
      expect(BigInt(collectionID)).toBeGreaterThan(2n ** 53n);
      const listed = await server.sdk.showCollections({ collection_names: [collection_name] });
      expect(listed.data.map(({ id }) => id)).toEqual([collectionID]);
      const question = { collectionID: BigInt(collectionID) };
      const byId = await describeCollection(server.milvus, question);
      expect(byId.collectionName).toBe(collection_name);
    });

    it('is told to each reader the moment its create returns', async () => {
      const collection_name = freshName();
      expect((await server.sdk.hasCollection({ collection_name })).value).toBe(false);
      await server.sdk.createCollection(collectionOf(collection_name));
      expect((await server.sdk.hasCollection({ collection_name })).value).toBe(true);
    });

    it('may have dynamic fields, whose own field stays the server’s', async () => {
      const { schema } = await create([], { enable_dynamic_field: true });
      expect(schema.enable_dynamic_field).toBe(true);
      expect(schema.fields.map(({ name }) => name)).toEqual(['id', 'vector']);
    });

    it('has 16 partitions for a partition key, unless a number is asked for', async () => {
      const key = textField('tenant', { is_partition_key: true });
      const byDefault = await create([key]);
      expect(byDefault.num_partitions).toBe('16');
      expect(byDefault.schema.fields.at(-1)).toMatchObject({ is_partition_key: true });
      expect((await create([key], { num_partitions: 1 })).num_partitions).toBe('1');
      expect((await create([key], { num_partitions: 1024 })).num_partitions).toBe('1024');
      const named = await create([textField('tenant')], { partition_key_field: 'tenant' });
      expect(named.num_partitions).toBe('16');
    });

    it('has each shard on a physical channel of its own', async () => {
      for (let shards_num = 1; shards_num <= SHARDS_MAX; shards_num++) {
        const answer = await create([], { shards_num });
        const { physical_channel_names: physical, virtual_channel_names: virtual } = answer;
        expect(answer.shards_num).toBe(shards_num);
        expect(new Set(physical).size).toBe(shards_num);
        for (const name of physical) expect(name).toMatch(/^by-dev-rootcoord-dml_\d+$/);
        const { collectionID } = answer;
        expect(virtual).toEqual(physical.map((name, shard) => `${name}_${collectionID}v${shard}`));
      }
    });

    it('spreads over the least used channels', async () => {
      const used = new Map<string, number>();
      for (let round = 0; round < 2 * SHARDS_MAX; round++) {
        const {
          physical_channel_names: [name = ''],
        } = await create();
        used.set(name, (used.get(name) ?? 0) + 1);
      }
      expect(used.size).toBe(SHARDS_MAX);
    });

    it.each(['Strong', 'Session', 'Bounded', 'Eventually', 'Customized'])(
      'keeps the consistency level %s',
      async (consistency_level) => {
        expect((await create([], { consistency_level })).consistency_level).toBe(consistency_level);
      },
    );

    it('lets the property consistency_level win over the request’s own', async () => {
      const properties = { consistency_level: 'Session' };
      const answer = await create([], { consistency_level: 'Strong', properties });
      expect(answer.consistency_level).toBe('Session');
    });

    it('keeps its properties, all of them as text', async () => {
      const properties = {
        'collection.ttl.seconds': 3600,
        'mmap.enabled': true,
        owner: 'the ünit',
      };
      expect((await create([], { properties })).properties).toEqual([
        { key: 'collection.ttl.seconds', value: '3600' },
        { key: 'mmap.enabled', value: 'true' },
        { key: 'owner', value: 'the ünit' },
      ]);
    });

    it('keeps its functions and marks what they fill', async () => {
      const collection_name = freshName();
      const { schema } = await createThrough(server.sdk, { collection_name, ...searchable });
      expect(schema.functions).toEqual([
        expect.objectContaining({
          id: '100',
          name: 'bm25',
          description: 'words to weights',
          type: 'BM25',
          input_field_names: ['text'],
          input_field_ids: ['101'],
          output_field_names: ['sparse'],
          output_field_ids: ['102'],
          params: [],
        }),
      ]);
      const filled = schema.fields.map(({ name, is_function_output }) => [
        name,
        is_function_output,
      ]);
      expect(filled).toEqual([
        ['id', false],
        ['text', false],
        ['sparse', true],
      ]);
    });

    it('keeps its struct arrays and their members', async () => {
      const { schema } = await create([chapters]);
      expect(schema.struct_array_fields).toMatchObject([
        {
          name: 'chapters',
          fieldID: '102',
          description: 'one row each',
          fields: [
            { name: 'title', fieldID: '103', data_type: 'VarChar', max_length: '9' },
            { name: 'pages', fieldID: '104', data_type: 'Int16', max_capacity: '4' },
            { name: 'embedding', fieldID: '105', data_type: 'FloatVector', dim: '4' },
          ],
        },
      ]);
    });

    it('may have the longest name, and a name with space around it is trimmed', async () => {
      const longest = 'n'.repeat(255);
      expect((await createThrough(server.sdk, collectionOf(longest))).collection_name).toBe(
        longest,
      );
      const collection_name = freshName();
      await server.sdk.createCollection(collectionOf(` ${collection_name}\t`));
      expect((await describeThrough(server.sdk, collection_name)).schema.name).toBe(
        collection_name,
      );
    });

    it('may have 64 fields and 4 vectors', async () => {
      const numbers = Array.from({ length: 60 }, (_, i) => ({
        name: `n${i}`,
        data_type: DataType.Int32,
      }));
      const moreVectors = ['v1', 'v2', 'v3'].map((name) => vectorField({ name }));
      const { schema } = await create([...moreVectors, ...numbers.slice(0, 59)]);
      expect(schema.fields).toHaveLength(64);
      expect(schema.fields.at(-1)).toMatchObject({ name: 'n58', fieldID: '163' });
    });
  });
}
