import { describe, expect, it } from 'vitest';
import { MsgType } from '../../../src/gen/common.js';
import { CollectionState } from '../../../src/gen/etcd_meta.js';
import {
  DescribeCollectionRequest,
  type DescribeCollectionResponse,
} from '../../../src/gen/milvus.js';
import {
  GetPChannelInfoRequest,
  type GetPChannelInfoResponse,
  ShowCollectionIDsRequest,
  type ShowCollectionIDsResponse,
} from '../../../src/gen/root_coord.js';
import { createBooks, describeNow } from '../../kit/alteration-calls.js';
import { answerOf } from '../../kit/answer-of.js';
import { freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const base = { msgType: MsgType.DescribeCollection };

/** What other coordinators ask RootCoord for (facts/rootcoord §5.4, §16). */
export function coordinatorsSuite(server: SuiteServer): void {
  const internal = (question: Partial<DescribeCollectionRequest>) =>
    answerOf<DescribeCollectionResponse>((done) =>
      server.root.describeCollectionInternal(
        DescribeCollectionRequest.fromPartial({ base, ...question }),
        done,
      ),
    );
  const idsIn = async (dbNames: string[], allowUnavailable = false) => {
    const request = ShowCollectionIDsRequest.fromPartial({ dbNames, allowUnavailable });
    return answerOf<ShowCollectionIDsResponse>((done) =>
      server.root.showCollectionIDs(request, done),
    );
  };
  const onChannel = (pchannel: string) =>
    answerOf<GetPChannelInfoResponse>((done) =>
      server.root.getPChannelInfo(GetPChannelInfoRequest.fromPartial({ pchannel }), done),
    );

  describe('what coordinators ask for', () => {
    it('includes a dropped collection by its id, but not by its name', async () => {
      const collectionName = freshName();
      await createBooks(server.sdk, collectionName);
      const { collectionID } = await describeNow(server.milvus, collectionName);
      const before = await internal({ collectionID });
      expect(before).toEqual(await internal({ collectionName }));
      expect(before.schema?.fields.map(({ name }) => name)).toEqual([
        ...['id', 'vector', 'title', 'RowID', 'Timestamp'],
      ]);
      await server.sdk.dropCollection({ collection_name: collectionName });
      const after = await internal({ collectionID });
      expect(after).toMatchObject({ status: { code: 0 }, collectionID, collectionName });
      expect((await internal({ collectionName })).status).toMatchObject({ code: 100 });
      const asked = DescribeCollectionRequest.fromPartial({ base, collectionID });
      const seen = await answerOf<DescribeCollectionResponse>((done) =>
        server.root.describeCollection(asked, done),
      );
      expect(seen.status).toMatchObject({ code: 100 });
    });

    it('lists ids by database, with what is not visible only when asked', async () => {
      const db_name = freshName('database');
      await server.sdk.createDatabase({ db_name });
      const names = [freshName(), freshName()];
      const ids: bigint[] = [];
      for (const collection_name of names) {
        await createBooks(server.sdk, collection_name, { db_name });
        const described = await server.sdk.describeCollection({ collection_name, db_name });
        ids.push(BigInt(described.collectionID));
      }
      const [dropped, kept] = ids;
      await server.sdk.dropCollection({ collection_name: names[0] ?? '', db_name });
      expect((await idsIn([db_name])).dbCollections).toMatchObject([
        { dbName: db_name, collectionIDs: [kept] },
      ]);
      const [all] = (await idsIn([db_name], true)).dbCollections;
      expect(new Set(all?.collectionIDs)).toEqual(new Set([dropped, kept]));
      const everywhere = (await idsIn([])).dbCollections;
      expect(everywhere.map(({ dbName }) => dbName)).toEqual(
        expect.arrayContaining(['default', db_name]),
      );
      expect((await idsIn(['nowhere'])).status).toMatchObject({
        ...{ code: 800, reason: 'database not found[database=nowhere]' },
      });
    });

    it('lists who uses a physical channel, in whatever state', async () => {
      const collection_name = freshName();
      await createBooks(server.sdk, collection_name, { shards_num: 2 });
      const answer = await describeNow(server.milvus, collection_name);
      const [pchannel = ''] = answer.physicalChannelNames;
      const mine = async () =>
        (await onChannel(pchannel)).collections.filter(
          ({ collectionId }) => collectionId === answer.collectionID,
        );
      const user = {
        collectionId: answer.collectionID,
        partitions: [{ partitionId: expect.any(BigInt) }],
        vchannel: answer.virtualChannelNames[0],
        state: CollectionState.CollectionCreated,
      };
      expect(await mine()).toMatchObject([user]);
      await server.sdk.dropCollection({ collection_name });
      expect(await mine()).toMatchObject([{ ...user, state: CollectionState.CollectionDropping }]);
      expect(await onChannel('nobody')).toMatchObject({ status: { code: 0 }, collections: [] });
    });
  });
}
