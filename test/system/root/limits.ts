import { describe, expect, it } from 'vitest';
import { ErrorCode, type Status } from '../../../src/gen/common.js';
import { createAtRoot, describeAtRoot, dropAtRoot, namesAtRoot } from '../../kit/root-calls.js';
import { aField, aSchema } from '../../kit/schemas.js';
import type { StoreKind } from '../../kit/stores.js';
import { SuiteServer } from '../../kit/suite-server.js';

const OK = { code: 0, errorCode: ErrorCode.Success, reason: '' };
const CLIENTS = 12;

const limits = (entries: Readonly<Record<string, number>>): string[] =>
  Object.entries(entries).map(([key, value]) => `${key}=${value}`);

const PER_DATABASE = 'quotaAndLimits.limits.maxCollectionNumPerDB';
const IN_TOTAL = 'quotaAndLimits.limits.maxCollectionNum';
const CHANNELS = 'rootCoord.dmlChannelNum';

const tooMany = (limit: number) => ({
  code: 102,
  errorCode: ErrorCode.UnexpectedError,
  reason: `exceeded the limit number of collections[dbName=default][limit=${limit}]`,
});

/** What an operator may limit (facts/rootcoord §5.1 items 4–8, §21), on a server of its own. */
export function limitsSuite(kind: StoreKind): void {
  describe('limits', () => {
    const server = SuiteServer.on(kind, limits({ [IN_TOTAL]: 3, [CHANNELS]: 20 }));
    const create = (name: string, changes?: Parameters<typeof createAtRoot>[2]): Promise<Status> =>
      createAtRoot(server.root, name, changes);

    it('on shards: first the number of channels, then the number allowed', async () => {
      const refusal = { code: 65535, errorCode: ErrorCode.UnexpectedError };
      expect(await create('wide', { shardsNum: 21 })).toMatchObject({
        ...refusal,
        reason: 'shard num (21) exceeds max configuration (20)',
      });
      expect(await create('wide', { shardsNum: 17 })).toMatchObject({
        ...refusal,
        reason: 'shard num (17) exceeds system limit (16)',
      });
    });

    it('on all collections hold however many ask at once', async () => {
      const names = Array.from({ length: CLIENTS }, (_, i) => `c${i}`);
      const answers = await Promise.all(names.map((name) => create(name)));
      const created = names.filter((_, i) => answers[i]?.code === 0);
      expect(created).toHaveLength(3);
      for (const answer of answers) expect([OK, tooMany(3)]).toContainEqual(onlyCodes(answer));
      expect(await namesAtRoot(server.root)).toEqual(created.sort());
    });

    it('let an identical create pass, since it creates nothing', async () => {
      const [name = ''] = await namesAtRoot(server.root);
      expect(await create(name)).toMatchObject(OK);
      expect(await create('one_more')).toMatchObject(tooMany(3));
    });

    it('count a dropped collection no more from the moment its drop returns', async () => {
      const [name = ''] = await namesAtRoot(server.root);
      expect(await dropAtRoot(server.root, name)).toMatchObject(OK);
      expect(await create('successor')).toMatchObject(OK);
      expect(await create('one_more')).toMatchObject(tooMany(3));
    });

    it('on the collections of one database hold as well', async () => {
      await server.stop();
      await server.start(limits({ [PER_DATABASE]: 4, 'rootCoord.maxGeneralCapacity': 10 }));
      expect(await create('fourth')).toMatchObject(OK);
      expect(await create('fifth')).toMatchObject(tooMany(4));
      expect(await dropAtRoot(server.root, 'fourth')).toMatchObject(OK);
    });

    it('on capacity count partitions times shards, of what is there and what is asked for', async () => {
      const schema = aSchema([aField('tenant', { isPartitionKey: true })], { name: 'broad' });
      const broad = (numPartitions: bigint, shardsNum: number) =>
        create('broad', { schema, numPartitions, shardsNum });
      expect(await broad(8n, 1)).toMatchObject({
        code: 250,
        errorCode: ErrorCode.UnexpectedError,
        reason: 'general capacity exceeded[current=11][limit=10]',
      });
      expect(await broad(2n, 4)).toMatchObject({
        code: 250,
        reason: 'general capacity exceeded[current=11][limit=10]',
      });
      expect(await broad(3n, 2)).toMatchObject(OK);
      expect(await describeAtRoot(server.root, 'broad')).toMatchObject({
        numPartitions: 3n,
        shardsNum: 2,
      });
    });
  });
}

const onlyCodes = ({ code, errorCode, reason }: Status) => ({ code, errorCode, reason });
