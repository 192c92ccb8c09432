import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/gen/common.js';
import { type CollectionSchema, DataType, type FieldSchema } from '../../../src/gen/schema.js';
import { createAtRoot, describeAtRoot, dropAtRoot, namesAtRoot } from '../../kit/root-calls.js';
import { aField, aPrimaryKey, aSchema, aVector, pairs } from '../../kit/schemas.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const NAME = 'unchecked';
const OK = { code: 0, errorCode: ErrorCode.Success };
const plain = (reason: string) => ({ code: 65535, errorCode: ErrorCode.UnexpectedError, reason });
const invalid = (reason: string) => ({ code: 1100, errorCode: ErrorCode.IllegalArgument, reason });

const withField = (field: FieldSchema): CollectionSchema => aSchema([field], { name: NAME });
const withKey = withField(aField('tenant', { isPartitionKey: true }));

type Refusal = readonly [
  title: string,
  changes: Parameters<typeof createAtRoot>[2],
  refusal: ReturnType<typeof plain> | ReturnType<typeof invalid>,
];

/** RootCoord trusts no proxy with these (facts/rootcoord §5.1). */
const refusals: readonly Refusal[] = [
  [
    'a database that does not exist',
    { dbName: 'nowhere' },
    {
      code: 800,
      errorCode: ErrorCode.UnexpectedError,
      reason: 'database not found[database=nowhere]',
    },
  ],
  [
    'more shards than there are channels',
    { shardsNum: 17 },
    plain('shard num (17) exceeds max configuration (16)'),
  ],
  [
    'a schema of another name',
    { schema: aSchema([], { name: 'other' }) },
    invalid(
      `collection name = ${NAME}, schema.Name=other: invalid parameter` +
        "[expected=collection name matches schema name][actual=don't match]",
    ),
  ],
  [
    'a default out of range',
    { schema: withField(aField('n', { dataType: DataType.Int8, defaultValue: { intData: 128 } })) },
    invalid('default value out of range: invalid parameter[128 out of range -128 <= value <= 127]'),
  ],
  [
    'a default of another type',
    { schema: withField(aField('n', { defaultValue: { boolData: true } })) },
    invalid(
      'type (Int64) of field (n) is not equal to the type(DataType_Bool) of default_value: invalid parameter',
    ),
  ],
  [
    'the name of a system field',
    { schema: withField(aField('RowID')) },
    invalid(
      'schema contains system field: RowID, Timestamp, $meta: invalid parameter' +
        "[expected=schema don't contains system field][actual=contains]",
    ),
  ],
  [
    'a type nobody knows',
    { schema: withField(aField('odd', { dataType: 77 as DataType })) },
    invalid(
      'field odd: invalid parameter[expected=valid field][actual=field data type: 77 is not supported]',
    ),
  ],
  [
    'a partition key without partitions',
    { schema: withKey, numPartitions: 0n },
    plain('the specified partitions should be greater than 0 if partition key is used'),
  ],
  [
    'more partitions than allowed',
    { schema: withKey, numPartitions: 1025n },
    invalid('partition number (1025) exceeds max configuration (1024): invalid parameter'),
  ],
];

/** Creates without a proxy in front, and the view coordinators have of them. */
export function preconditionsSuite(server: SuiteServer): void {
  describe('a create at RootCoord itself', () => {
    for (const [title, changes, refusal] of refusals) {
      it(`is refused: ${title}`, async () => {
        const status = await createAtRoot(server.root, NAME, {
          schema: aSchema([], { name: NAME }),
          ...changes,
        });
        expect(status).toMatchObject(refusal);
        expect(await namesAtRoot(server.root)).not.toContain(NAME);
      });
    }

    it('leaves to the proxy what the proxy checks', async () => {
      const schema = aSchema([], { name: '1st', fields: [aPrimaryKey()] });
      expect(await createAtRoot(server.root, '1st', { schema })).toMatchObject(OK);
      expect(await dropAtRoot(server.root, '1st')).toMatchObject(OK);
    });

    it('counts no shards or fewer as one', async () => {
      for (const shardsNum of [0, -3]) {
        const name = `shards${shardsNum + 3}`;
        expect(await createAtRoot(server.root, name, { shardsNum })).toMatchObject(OK);
        expect((await describeAtRoot(server.root, name)).shardsNum).toBe(1);
      }
    });
  });

  describe('the view coordinators have', () => {
    it('holds the whole schema: fields in order of id, the dynamic and the system fields last', async () => {
      const name = 'whole';
      const schema = aSchema([aField('n')], {
        name,
        enableDynamicField: true,
        description: 'all of it',
      });
      const properties = pairs({ owner: 'me' });
      expect(await createAtRoot(server.root, name, { schema, properties })).toMatchObject(OK);
      const { schema: stored, ...answer } = await describeAtRoot(server.root, name);
      expect(stored).toMatchObject({ name, description: 'all of it', enableDynamicField: true });
      expect(stored?.properties).toMatchObject(properties);
      expect(answer).toMatchObject({ status: OK, collectionName: name, dbId: 1n, properties });
      expect(stored?.fields.map((field) => [field.name, field.fieldID])).toEqual([
        ['id', 100n],
        ['vector', 101n],
        ['n', 102n],
        ['$meta', 103n],
        ['RowID', 0n],
        ['Timestamp', 1n],
      ]);
      expect(stored?.fields[1]).toMatchObject({ ...aVector(), fieldID: 101n });
      expect(stored?.fields[3]).toMatchObject({ dataType: DataType.JSON, isDynamic: true });
    });

    it('says "not found" in RootCoord’s words, not in the proxy’s', async () => {
      expect((await describeAtRoot(server.root, 'missing')).status).toMatchObject({
        code: 100,
        errorCode: ErrorCode.CollectionNotExists,
        reason: 'collection not found[database=default][collection=missing]',
      });
    });
  });
}
