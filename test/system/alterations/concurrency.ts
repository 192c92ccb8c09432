import { DataType } from '@zilliz/milvus2-sdk-node';
import { describe, expect, it } from 'vitest';
import { createBooks, describeNow, valuesOf } from '../../kit/alteration-calls.js';
import { freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const ROUNDS = 20;
const range = Array.from({ length: ROUNDS }, (_, i) => i);

/** Every caller gets an answer, and no change undoes another. */
export function concurrencySuite(server: SuiteServer): void {
  describe('changes of one collection at the same time', () => {
    it('lose nothing: properties, fields, partitions and aliases', async () => {
      const { sdk } = server;
      const collection_name = freshName();
      await createBooks(sdk, collection_name);
      const alias = (i: number) => `${collection_name}_alias_${i}`;
      const answers = await Promise.all(
        range.flatMap((i) => [
          sdk.alterCollectionProperties({ collection_name, properties: { [`key${i}`]: i } }),
          sdk.createPartition({ collection_name, partition_name: `p${i}` }),
          sdk.createAlias({ collection_name, alias: alias(i) }),
          sdk.addCollectionField({
            collection_name,
            field: { name: `f${i}`, data_type: DataType.Int64, nullable: true },
          }),
        ]),
      );
      expect(answers.filter(({ code }) => code !== 0)).toEqual([]);
      const expectAll = async () => {
        const answer = await describeNow(server.milvus, collection_name);
        const properties = range.map((i) => [`key${i}`, String(i)]);
        expect(valuesOf(answer.properties)).toEqual(Object.fromEntries(properties));
        expect([...answer.aliases].sort()).toEqual(range.map(alias).sort());
        expect(answer.numPartitions).toBe(BigInt(ROUNDS + 1));
        const names = answer.schema?.fields.map(({ name }) => name) ?? [];
        const wanted = ['id', 'vector', 'title', ...range.map((i) => `f${i}`)];
        expect([...names].sort()).toEqual(wanted.sort());
        expect(answer.schema?.version).toBe(ROUNDS);
      };
      await expectAll();
      await server.kill();
      await server.start();
      await expectAll();
    });

    it('let one of several renames win, and answer all of them', async () => {
      const { sdk } = server;
      const collection_name = freshName();
      await createBooks(sdk, collection_name);
      const named = (i: number) => `${collection_name}_${i}`;
      const answers = await Promise.all(
        range.map((i) => sdk.renameCollection({ collection_name, new_collection_name: named(i) })),
      );
      const winners = range.filter((i) => answers[i]?.code === 0);
      expect(winners).toHaveLength(1);
      expect(answers.filter(({ code }) => code === 100)).toHaveLength(ROUNDS - 1);
      const has = async (name: string) =>
        (await sdk.hasCollection({ collection_name: name })).value;
      const there = await Promise.all(range.map(async (i) => [i, await has(named(i))]));
      expect(there).toEqual(range.map((i) => [i, winners.includes(i)]));
    });

    it('answer every change by an alias while the name changes under it', async () => {
      const { sdk } = server;
      const [collection_name, alias] = [freshName(), freshName('alias')];
      await createBooks(sdk, collection_name);
      await sdk.createAlias({ collection_name, alias });
      const step = (i: number) => (i === 0 ? collection_name : `${collection_name}_${i}`);
      const calls = range.flatMap((i) => [
        sdk.renameCollection({ collection_name: step(i), new_collection_name: step(i + 1) }),
        sdk.alterCollectionProperties({ collection_name: alias, properties: { [`key${i}`]: i } }),
        sdk.alterCollectionProperties({ collection_name: step(i), properties: { last: i } }),
      ]);
      const answers = await Promise.all(calls);
      expect(answers.filter(({ code }) => code !== 0 && code !== 100)).toEqual([]);
      expect(answers.filter((_, i) => i % 3 === 1 && answers[i]?.code !== 0)).toEqual([]);
      const { properties } = await describeNow(server.milvus, alias);
      expect(Object.keys(valuesOf(properties))).toEqual(
        expect.arrayContaining(range.map((i) => `key${i}`)),
      );
    });
  });
}
