import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import {
  createThrough,
  freshName,
  idField,
  textField,
  vectorField,
} from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

/** A field as the SDK shows one of which its creator said only a name and a type. */
const PLAIN = {
  name: 'subject',
  is_primary_key: false,
  description: '',
  type_params: [],
  index_params: [],
  autoID: false,
  state: 'FieldCreated',
  element_type: 'None',
  default_value: null,
  is_dynamic: false,
  is_partition_key: false,
  is_clustering_key: false,
  nullable: false,
  is_function_output: false,
  external_field: '',
};

type Shown = Partial<Record<keyof FieldType, unknown>>;

const pair = (key: string, value: string) => ({ key, value });

const scalars: readonly (keyof typeof DataType)[] = [
  ...(['Bool', 'Int8', 'Int16', 'Int32', 'Int64', 'Float', 'Double'] as const),
  ...(['JSON', 'Geometry', 'Text', 'Timestamptz'] as const),
];

/** Milliseconds make microseconds on the way, offsets are gone. */
const NEW_YEAR = { said: '2025-01-01T00:00:00+08:00', shown: '1735660800000000' };

/** Type, what the creator says, what is shown; the ends of each range among them. */
const defaults: readonly (readonly [keyof typeof DataType, string | number, unknown])[] = [
  ['Int8', -128, -128],
  ['Int8', 127, 127],
  ['Int16', -32_768, -32_768],
  ['Int16', 32_767, 32_767],
  ['Int32', -(2 ** 31), -(2 ** 31)],
  ['Int32', 0, 0],
  ['Int64', '9223372036854775807', '9223372036854775807'],
  ['Int64', '-9223372036854775808', '-9223372036854775808'],
  ['Float', 0.1, Math.fround(0.1)],
  ['Double', 0.1, 0.1],
  ['Timestamptz', NEW_YEAR.said, NEW_YEAR.shown],
];

const elements = ['Bool', 'Int8', 'Int16', 'Int32', 'Int64', 'Float', 'Double'] as const;

/** Type and the largest dimension it may have. */
const vectors: readonly (readonly [keyof typeof DataType, number])[] = [
  ['FloatVector', 32_768],
  ['Float16Vector', 32_768],
  ['BFloat16Vector', 32_768],
  ['Int8Vector', 32_768],
  ['BinaryVector', 262_144],
];

/** Every field type the SDK offers, created and shown as asked. */
export function fieldTypesSuite(server: SuiteServer): void {
  describe('a field', () => {
    /** What is shown of a field `subject` with this definition, as the last of its collection. */
    async function shown(field: Omit<FieldType, 'name'>, others = [idField(), vectorField()]) {
      const { schema } = await createThrough(server.sdk, {
        collection_name: freshName(),
        fields: [...others, { name: 'subject', ...field }],
      });
      return schema.fields.find(({ name }) => name === 'subject');
    }

    const showing = (changes: Shown & { fieldID: string }) =>
      expect.objectContaining({ ...PLAIN, ...changes });

    it.each(scalars)('of type %s is shown as asked, nullable or not', async (data_type) => {
      const fieldID = '102';
      expect(await shown({ data_type })).toEqual(showing({ data_type, fieldID }));
      const nullable = { data_type, nullable: true, description: 'may be missing' };
      expect(await shown(nullable)).toEqual(showing({ ...nullable, fieldID }));
    });

    it.each(defaults)('of type %s keeps the default %s exactly', async (data_type, said, value) => {
      const field = await shown({ data_type, default_value: said, nullable: true });
      const expected = { data_type, default_value: value, nullable: true, fieldID: '102' };
      expect(field).toEqual(showing(expected));
    });

    it.each([true, false])('of type Bool keeps the default %s', async (said) => {
      // The SDK's types forget that a boolean may be a default; its code does not.
      const field = { data_type: DataType.Bool, default_value: said } as unknown as FieldType;
      expect(await shown(field)).toMatchObject({ data_type: 'Bool', default_value: said });
    });

    it.each(['', 'ünï', 'x'.repeat(64)])('of type VarChar keeps the default %j', async (said) => {
      const field = await shown(textField('subject', { default_value: said }));
      const type_params = [pair('max_length', '64')];
      const expected = { data_type: 'VarChar', default_value: said, type_params, fieldID: '102' };
      expect(field).toEqual(showing(expected));
    });

    it.each(elements)('of type Array of %s is shown with its capacity', async (element_type) => {
      const field = await shown({ data_type: 'Array', element_type, max_capacity: 4096 });
      const type_params = [pair('max_capacity', '4096')];
      expect(field).toEqual(
        showing({ data_type: 'Array', element_type, type_params, fieldID: '102' }),
      );
    });

    it('of type Array of VarChar is shown with both its bounds', async () => {
      const array = { data_type: 'Array', element_type: 'VarChar' } as const;
      const field = await shown({ ...array, max_length: 65_535, max_capacity: 1 });
      const type_params = [pair('max_length', '65535'), pair('max_capacity', '1')];
      expect(field).toEqual(showing({ ...array, type_params, fieldID: '102' }));
    });

    it.each(vectors)('of type %s has up to %i dimensions', async (data_type, dimMax) => {
      for (const dim of [8, dimMax]) {
        const field = await shown({ data_type, dim }, [idField()]);
        const type_params = [pair('dim', String(dim))];
        expect(field).toEqual(showing({ data_type, type_params, fieldID: '101' }));
      }
    });

    it('of type SparseFloatVector has no dimension', async () => {
      const data_type = 'SparseFloatVector';
      const field = await shown({ data_type }, [idField()]);
      expect(field).toEqual(showing({ data_type, fieldID: '101' }));
    });

    it('may be a primary key of either type, numbered by the server or not', async () => {
      const numbered = { is_primary_key: true, autoID: true };
      const integer = await shown({ ...numbered, data_type: 'Int64' }, [vectorField()]);
      expect(integer).toEqual(showing({ ...numbered, data_type: 'Int64', fieldID: '101' }));
      const named = { is_primary_key: true, data_type: 'VarChar' } as const;
      const text = await shown({ ...named, max_length: 64 }, [vectorField()]);
      const type_params = [pair('max_length', '64')];
      expect(text).toEqual(showing({ ...named, type_params, fieldID: '101' }));
    });

    it('keeps the switches of its storage and its analyzer', async () => {
      const field = await shown(
        textField('subject', {
          enable_analyzer: true,
          enable_match: true,
          analyzer_params: { type: 'english' },
          'mmap.enabled': false,
        }),
      );
      expect(field?.type_params).toEqual(
        expect.arrayContaining([
          pair('enable_analyzer', 'true'),
          pair('enable_match', 'true'),
          pair('analyzer_params', '{"type":"english"}'),
          pair('mmap.enabled', 'false'),
          pair('max_length', '64'),
        ]),
      );
      expect(field?.type_params).toHaveLength(5);
    });

    it('may be a clustering key', async () => {
      expect(await shown({ data_type: 'Int32', is_clustering_key: true })).toEqual(
        showing({ data_type: 'Int32', is_clustering_key: true, fieldID: '102' }),
      );
    });
  });
}
