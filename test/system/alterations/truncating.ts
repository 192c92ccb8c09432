import { describe, expect, it } from 'vitest';
import {
  BatchDescribeCollectionRequest,
  type BatchDescribeCollectionResponse,
} from '../../../src/gen/milvus.js';
import { createBooks, describeNow } from '../../kit/alteration-calls.js';
import { answerOf } from '../../kit/answer-of.js';
import { freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

/** TruncateCollection and BatchDescribeCollection (Milvus 2.6). */
export function truncatingSuite(server: SuiteServer): void {
  it('truncating leaves everything but the update timestamp as it was', async () => {
    const collection_name = freshName();
    await createBooks(server.sdk, collection_name);
    const before = await describeNow(server.milvus, collection_name);
    const { status } = await server.sdk.truncateCollection({ collection_name });
    expect(status).toMatchObject({ code: 0, error_code: 'Success' });
    const after = await describeNow(server.milvus, collection_name);
    const { updateTimestamp, updateTimestampStr } = after;
    expect(after).toEqual({ ...before, updateTimestamp, updateTimestampStr });
    expect(updateTimestamp).toBeGreaterThan(before.updateTimestamp);
  });

  describe('describing several collections at once', () => {
    it('answers by name, then by id, each with a status of its own', async () => {
      const [first, second] = [freshName(), freshName()];
      for (const name of [first, second]) await createBooks(server.sdk, name);
      const described = await describeNow(server.milvus, second);
      const request = BatchDescribeCollectionRequest.fromPartial({
        ...{ collectionName: [first, 'ghost', '9'], collectionID: [described.collectionID, 1n] },
      });
      const { status, responses } = await answerOf<BatchDescribeCollectionResponse>((done) =>
        server.milvus.batchDescribeCollection(request, done),
      );
      expect(status).toMatchObject({ code: 0 });
      expect(responses.map((each) => [each.status?.code, each.collectionName])).toEqual([
        ...[
          [0, first],
          [100, ''],
          [1100, ''],
          [0, second],
          [100, ''],
        ],
      ]);
      expect(responses[0]).toEqual(await describeNow(server.milvus, first));
      expect(responses[3]).toEqual(described);
    });

    it('does not trip the SDK over one that is missing', async () => {
      const name = freshName();
      await createBooks(server.sdk, name);
      const { status, responses } = await server.sdk.batchDescribeCollections({
        collection_names: [name, 'ghost'],
      });
      expect(status).toMatchObject({ code: 0 });
      const one = await server.sdk.describeCollection({ collection_name: name });
      expect(responses[0]?.schema).toEqual(one.schema);
      expect(responses[1]?.status).toMatchObject({
        ...{ code: 100, error_code: 'CollectionNotExists' },
        reason: "can't find collection[database=default][collection=ghost]",
      });
    });

    it('has a limit', async () => {
      const collection_names = Array.from({ length: 1025 }, (_, i) => `c${i}`);
      const { status } = await server.sdk.batchDescribeCollections({ collection_names });
      expect(status).toMatchObject({
        ...{ code: 1100, error_code: 'IllegalArgument' },
        reason: 'at most 1024 collections can be described at once, got 1025: invalid parameter',
      });
    });
  });
}
