import { beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/gen/common.js';
import {
  describeCollection,
  hasCollection,
  showCollections,
  timestampNow,
} from '../../kit/milvus-calls.js';
import { collectionOf, createThrough, freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

/** What a reader at one moment is told of a name. */
interface Moment {
  readonly title: string;
  readonly timeStamp: bigint;
  readonly description: string | undefined;
}

/** The largest timestamp stands for the present, like 0 (facts/rootcoord §17.5). */
const LATEST = 2n ** 64n - 1n;

/** A collection's past, asked for with `time_stamp`. */
export function timeTravelSuite(server: SuiteServer): void {
  describe('time travel', () => {
    const name = freshName('traveller');
    const moments: Moment[] = [];
    let firstId: bigint;
    let droppedAt: bigint;

    const note = async (title: string, description?: string, timeStamp?: bigint) => {
      const at = timeStamp ?? (await timestampNow(server.milvus));
      moments.push({ title, timeStamp: at, description });
      return at;
    };

    const create = (description: string) =>
      createThrough(server.sdk, collectionOf(name, [], { description }));

    beforeAll(async () => {
      await note('before the create');
      const first = await create('first');
      firstId = BigInt(first.collectionID);
      const createdAt = BigInt(first.created_timestamp);
      await note('just before its timestamp', undefined, createdAt - 1n);
      await note('at its very timestamp', 'first', createdAt);
      await note('after the create', 'first');
      await server.sdk.dropCollection({ collection_name: name });
      droppedAt = await note('after the drop');
      const second = await create('second');
      const againAt = BigInt(second.created_timestamp);
      await note('just before the second create', undefined, againAt - 1n);
      await note('at the second create', 'second', againAt);
      await note('now, said as 0', 'second', 0n);
      await note('now, said as the largest timestamp', 'second', LATEST);
      await note('tomorrow', 'second', (BigInt(Date.now()) + 86_400_000n) << 18n);
    });

    const askedAtEveryMoment = async () => {
      for (const { title, timeStamp, description } of moments) {
        const question = { collectionName: name, timeStamp };
        const { status, value } = await hasCollection(server.milvus, question);
        const isThere = description !== undefined;
        expect([title, status?.code, value]).toEqual([title, 0, isThere]);
        const described = await describeCollection(server.milvus, question);
        expect([title, described.schema?.description]).toEqual([title, description]);
        expect(described.status).toMatchObject(
          isThere
            ? { code: 0, errorCode: ErrorCode.Success }
            : {
                code: 100,
                errorCode: ErrorCode.CollectionNotExists,
                reason: `can't find collection[database=default][collection=${name}]`,
              },
        );
        const shown = await showCollections(server.milvus, timeStamp);
        const ids = shown.collectionIds.filter((_, i) => shown.collectionNames[i] === name);
        expect([title, ids]).toEqual([title, isThere ? [described.collectionID] : []]);
      }
    };

    it('finds a collection from its timestamp until its drop, by every read', askedAtEveryMoment);

    it('finds a collection by its id as long as it was there', async () => {
      for (const { timeStamp, description } of moments) {
        const question = { collectionID: firstId, timeStamp };
        const { status, schema } = await describeCollection(server.milvus, question);
        const isThere = description === 'first';
        expect([status?.code, schema?.description]).toEqual(
          isThere ? [0, 'first'] : [100, undefined],
        );
      }
    });

    it('refuses a moment before its memory begins, instead of guessing', async () => {
      const refused = {
        code: 1100,
        errorCode: ErrorCode.IllegalArgument,
        reason: expect.stringMatching(
          /^time travel to 1 is not possible, history is kept since \d+: invalid parameter$/,
        ),
      };
      const question = { collectionName: name, timeStamp: 1n };
      expect((await describeCollection(server.milvus, question)).status).toMatchObject(refused);
      expect((await hasCollection(server.milvus, question)).status).toMatchObject(refused);
      expect((await showCollections(server.milvus, 1n)).status).toMatchObject(refused);
    });

    it('answers the same after a kill', async () => {
      await server.kill();
      await server.start();
      await askedAtEveryMoment();
    });

    it('never goes back: what comes after a restart has a larger timestamp and id', async () => {
      const again = await createThrough(server.sdk, collectionOf(freshName()));
      expect(BigInt(again.created_timestamp)).toBeGreaterThan(droppedAt);
      expect(BigInt(again.collectionID)).toBeGreaterThan(firstId);
    });
  });
}
