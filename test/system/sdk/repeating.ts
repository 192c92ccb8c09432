import type { FieldType } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import {
  collectionOf,
  createThrough,
  describeThrough,
  freshName,
  textField,
  thrownBy,
} from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const OK = { error_code: 'Success', code: 0, reason: '' };

const weight: FieldType = { name: 'weight', data_type: 'Float', default_value: 0.1 };

const extraFields: FieldType[] = [
  textField('title', { default_value: 'untitled', nullable: true }),
  textField('tenant', { is_partition_key: true }),
  weight,
];

type Changes = Parameters<typeof collectionOf>[2];

/** A collection with something of everything that a repeat is compared by. */
const rich = (collection_name: string, changes: Changes = {}, extra = extraFields) =>
  collectionOf(collection_name, extra, {
    description: 'a shelf',
    shards_num: 2,
    num_partitions: 3,
    consistency_level: 'Strong',
    enable_dynamic_field: true,
    properties: { 'collection.ttl.seconds': 60, owner: 'me' },
    ...changes,
  });

type Difference = readonly [title: string, change: Changes, extra?: FieldType[]];

/** Creates that must not pass for a repeat of `rich`. */
const differences: readonly Difference[] = [
  ['the description', { description: 'another shelf' }],
  ['the number of shards', { shards_num: 3 }],
  ['the number of partitions', { num_partitions: 4 }],
  ['the consistency level', { consistency_level: 'Bounded' }],
  ['the wish for dynamic fields', { enable_dynamic_field: false }],
  ['a property', { properties: { 'collection.ttl.seconds': 61, owner: 'me' } }],
  ['the number of properties', { properties: { owner: 'me' } }],
  ['the number of fields', {}, extraFields.slice(0, 2)],
  ['the order of fields', {}, extraFields.toReversed()],
  ['a default', {}, extraFields.with(2, { ...weight, default_value: 0.2 })],
  ['the lack of a default', {}, extraFields.with(2, { name: 'weight', data_type: 'Float' })],
  ['whether a field may be null', {}, extraFields.with(2, { ...weight, nullable: true })],
  ['a length', {}, extraFields.with(0, textField('title', { max_length: 65 }))],
];

/** Creating what is there, and dropping. */
export function repeatingSuite(server: SuiteServer): void {
  describe('a create of a name that is taken', () => {
    it('succeeds and changes nothing when the definition is the same', async () => {
      const request = rich(freshName());
      const first = await createThrough(server.sdk, request);
      expect(await server.sdk.createCollection(request)).toMatchObject(OK);
      const reordered = { properties: { owner: 'me', 'collection.ttl.seconds': 60 } };
      expect(await server.sdk.createCollection({ ...request, ...reordered })).toMatchObject(OK);
      expect(await describeThrough(server.sdk, request.collection_name)).toEqual(first);
    });

    for (const [what, changes, extra] of differences) {
      it(`is refused when ${what} differs`, async () => {
        const request = rich(freshName());
        const first = await createThrough(server.sdk, request);
        const other = rich(request.collection_name, changes, extra);
        const thrown = await thrownBy(server.sdk.createCollection(other));
        expect(thrown).toMatchObject({
          error_code: 'UnexpectedError',
          code: 65535,
          reason: `create duplicate collection with different parameters, collection: ${request.collection_name}`,
        });
        expect(await describeThrough(server.sdk, request.collection_name)).toEqual(first);
      });
    }
  });

  describe('a drop', () => {
    it('hides the collection and frees its name at once', async () => {
      const request = collectionOf(freshName());
      const { collection_name } = request;
      const first = await createThrough(server.sdk, request);
      expect(await server.sdk.dropCollection({ collection_name })).toMatchObject(OK);
      expect((await server.sdk.hasCollection({ collection_name })).value).toBe(false);
      expect((await server.sdk.describeCollection({ collection_name })).status).toMatchObject({
        error_code: 'CollectionNotExists',
        code: 100,
        reason: `can't find collection[database=default][collection=${collection_name}]`,
      });
      const listed = await server.sdk.showCollections();
      expect(listed.data.map(({ name }) => name)).not.toContain(collection_name);
      const second = await createThrough(server.sdk, { ...request, description: 'another' });
      expect(BigInt(second.collectionID)).toBeGreaterThan(BigInt(first.collectionID));
      expect(second.schema.description).toBe('another');
    });

    it('of what is not there succeeds, however often', async () => {
      const collection_name = freshName();
      expect(await server.sdk.dropCollection({ collection_name })).toMatchObject(OK);
      await server.sdk.createCollection(collectionOf(collection_name));
      expect(await server.sdk.dropCollection({ collection_name })).toMatchObject(OK);
      expect(await server.sdk.dropCollection({ collection_name })).toMatchObject(OK);
    });
  });
}
