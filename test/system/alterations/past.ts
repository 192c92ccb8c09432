import { DataType } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import { createBooks, type Moment, noteMoment } from '../../kit/alteration-calls.js';
import { describeCollection } from '../../kit/milvus-calls.js';
import { freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';
import { embedding } from './functions.js';

/** What describe said once it says again when asked for that moment (facts/rootcoord §17.5). */
export function pastSuite(server: SuiteServer): void {
  describe('a look at the past of a collection that was altered', () => {
    const names = [freshName(), freshName('novels')] as const;
    const [first, renamed] = names;
    const moments: Moment[] = [];

    const expectThePast = async () => {
      for (const { collectionName, at, answer } of moments) {
        expect(await describeCollection(server.milvus, { collectionName, timeStamp: at })).toEqual(
          answer,
        );
      }
    };

    it('says at every moment what describe said then', async () => {
      const { sdk, milvus } = server;
      const note = async () => {
        for (const name of names) moments.push(await noteMoment(milvus, name));
      };
      const on = { collection_name: first };
      const field = { name: 'age', data_type: DataType.Int64, nullable: true };
      const steps = [
        () => createBooks(sdk, first),
        () => sdk.alterCollectionProperties({ ...on, properties: { colour: 'red' } }),
        () =>
          sdk.alterCollectionProperties({ ...on, properties: { 'dynamicfield.enabled': 'true' } }),
        () => sdk.createPartition({ ...on, partition_name: 'p' }),
        () => sdk.addCollectionField({ ...on, field }),
        () => sdk.createAlias({ ...on, alias: `${first}_alias` }),
        () => sdk.addCollectionFunction({ ...on, function: embedding() }),
        () =>
          sdk.alterCollectionFieldProperties({
            ...on,
            field_name: 'title',
            properties: { max_length: 9 },
          }),
        () => sdk.dropCollectionFunction({ ...on, function_name: 'embed' }),
        () => sdk.dropCollectionProperties({ ...on, properties: ['colour'] }),
        async () => (await sdk.truncateCollection(on)).status,
        () => sdk.renameCollection({ ...on, new_collection_name: renamed }),
        () =>
          sdk.alterCollectionProperties({
            collection_name: renamed,
            properties: { colour: 'blue' },
          }),
        () => sdk.dropAlias({ alias: `${first}_alias` }),
        () => sdk.dropCollection({ collection_name: renamed }),
        () => createBooks(sdk, first),
      ];
      await note();
      for (const step of steps) {
        expect(await step()).toMatchObject({ code: 0 });
        await note();
      }
      const told = new Set(moments.map(({ answer }) => JSON.stringify(answer, bigintAsText)));
      expect(told.size).toBeGreaterThanOrEqual(steps.length);
      await expectThePast();
    });

    it('says the same after a kill', async () => {
      await server.kill();
      await server.start();
      await expectThePast();
    });
  });
}

const bigintAsText = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;
