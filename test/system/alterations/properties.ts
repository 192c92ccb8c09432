import { DataType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConsistencyLevel } from '../../../src/gen/common.js';
import { createBooks, describeNow, fieldNamed, valuesOf } from '../../kit/alteration-calls.js';
import { freshName, textField } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const OK = { error_code: 'Success', code: 0, reason: '' };

/** Properties, params of fields and new fields (facts/rootcoord §5.6). */
export function propertiesSuite(server: SuiteServer): void {
  describe('altering a collection', () => {
    const collection_name = freshName();
    const read = () => describeNow(server.milvus, collection_name);

    beforeAll(() => createBooks(server.sdk, collection_name));

    it('overwrites the properties given, keeps the others and deletes the keys named', async () => {
      const alter = (properties: Record<string, string | number>) =>
        server.sdk.alterCollectionProperties({ collection_name, properties });
      expect(await alter({ 'collection.ttl.seconds': 60, colour: 'red' })).toMatchObject(OK);
      expect(await alter({ colour: 'blue', 'mmap.enabled': 'true' })).toMatchObject(OK);
      const wanted = { 'collection.ttl.seconds': '60', colour: 'blue', 'mmap.enabled': 'true' };
      expect(valuesOf((await read()).properties)).toEqual(wanted);
      const keys = ['colour', 'nobody'];
      const dropped = server.sdk.dropCollectionProperties({ collection_name, properties: keys });
      expect(await dropped).toMatchObject(OK);
      const { colour: _, ...rest } = wanted;
      expect(valuesOf((await read()).properties)).toEqual(rest);
    });

    it('moves the update timestamp when something changes, and only then', async () => {
      const change = { collection_name, properties: { shade: 'dark' } };
      const before = await read();
      await server.sdk.alterCollectionProperties(change);
      const after = await read();
      expect(after.updateTimestamp).toBeGreaterThan(before.updateTimestamp);
      expect(after.updateTimestampStr).toBe(after.updateTimestamp.toString());
      expect(after.createdTimestamp).toBe(before.createdTimestamp);
      expect(await server.sdk.alterCollectionProperties(change)).toMatchObject(OK);
      expect(await read()).toEqual(after);
    });

    it('alters the consistency level and the description by property', async () => {
      const properties = { consistency_level: 'Strong', 'collection.description': 'all books' };
      await server.sdk.alterCollectionProperties({ collection_name, properties });
      const { consistencyLevel, schema, properties: stored } = await read();
      expect(consistencyLevel).toBe(ConsistencyLevel.Strong);
      expect(schema?.description).toBe('all books');
      expect(valuesOf(stored)).not.toHaveProperty('collection.description');
    });

    it('alters the params of a field and counts the version of the schema up', async () => {
      const version = (await read()).schema?.version ?? Number.NaN;
      const alter = (properties: Record<string, string | number>) =>
        server.sdk.alterCollectionFieldProperties({
          ...{ collection_name, field_name: 'title', properties },
        });
      expect(await alter({ max_length: 128 })).toMatchObject(OK);
      expect(
        await alter({ 'mmap.enabled': 'false', 'field.description': 'its title' }),
      ).toMatchObject(OK);
      const answer = await read();
      const title = fieldNamed(answer, 'title');
      expect(valuesOf(title?.typeParams)).toEqual({ max_length: '128', 'mmap.enabled': 'false' });
      expect(title?.description).toBe('its title');
      expect(answer.schema?.version).toBe(version + 2);
    });

    it('adds fields through the call SDKs fall back to', async () => {
      const before = await read();
      const added = await server.sdk.addCollectionField({
        collection_name,
        field: { name: 'age', data_type: DataType.Int64, nullable: true, default_value: 7 },
      });
      expect(added).toMatchObject(OK);
      const fields = [
        textField('author', { nullable: true }),
        textField('publisher', { nullable: true }),
      ];
      expect(await server.sdk.addCollectionFields({ collection_name, fields })).toMatchObject(OK);
      const after = await read();
      expect(after.schema?.fields.map(({ name, fieldID }) => [name, fieldID])).toEqual([
        ...[
          ['id', 100n],
          ['vector', 101n],
          ['title', 102n],
        ],
        ...[
          ['age', 103n],
          ['author', 104n],
          ['publisher', 105n],
        ],
      ]);
      expect(fieldNamed(after, 'age')).toMatchObject({
        nullable: true,
        defaultValue: { longData: 7n },
      });
      expect(after.schema?.version).toBe((before.schema?.version ?? Number.NaN) + 3);
    });

    it('turns dynamic fields on, unseen by clients and never again off', async () => {
      const alter = (value: string) =>
        server.sdk.alterCollectionProperties({
          ...{ collection_name, properties: { 'dynamicfield.enabled': value } },
        });
      expect(await alter('true')).toMatchObject(OK);
      const answer = await read();
      expect(answer.schema?.enableDynamicField).toBe(true);
      expect(fieldNamed(answer, '$meta')).toBeUndefined();
      expect(await alter('false')).toMatchObject({
        ...{ code: 1100, error_code: 'IllegalArgument' },
        reason: 'dynamic schema cannot supported to be disabled: invalid parameter',
      });
      expect(await read()).toEqual(answer);
    });

    it('is all there after a kill', async () => {
      const before = await read();
      await server.kill();
      await server.start();
      expect(await read()).toEqual(before);
    });
  });
}
