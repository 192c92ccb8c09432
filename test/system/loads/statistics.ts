import { describe, expect, it } from 'vitest';
import {
  collectionStatistics,
  partitionStatistics,
  persistentSegments,
  querySegments,
} from '../../kit/load-calls.js';
import { collectionOf, createThrough, freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const DONE = { code: 0, reason: '' };
const NO_ROWS = { status: DONE, stats: [{ key: 'row_count', value: '0' }] };

/** Rows and segments of collections nothing was ever written to. */
export function statisticsSuite(server: SuiteServer): void {
  describe('statistics', () => {
    it('tell of no rows and no segments, through the SDK and over raw gRPC', async () => {
      const collection_name = freshName('empty');
      await createThrough(server.sdk, collectionOf(collection_name));
      const { sdk, milvus } = server;
      expect(await sdk.getCollectionStatistics({ collection_name })).toMatchObject({
        stats: [{ key: 'row_count', value: '0' }],
        data: { row_count: '0' },
      });
      const partition = { collection_name, partition_name: '_default' };
      expect(await sdk.getPartitionStatistics(partition)).toMatchObject({
        data: { row_count: '0' },
      });
      for (const segments of [
        await sdk.getPersistentSegmentInfo({ collectionName: collection_name }),
        await sdk.getQuerySegmentInfo({ collectionName: collection_name }),
      ]) {
        expect(segments).toMatchObject({ status: { code: 0 }, infos: [] });
      }
      expect(await collectionStatistics(milvus, collection_name)).toMatchObject(NO_ROWS);
      expect(await partitionStatistics(milvus, collection_name, '_default')).toMatchObject(NO_ROWS);
      const none = { status: DONE, infos: [] };
      expect(await persistentSegments(milvus, collection_name)).toMatchObject(none);
      expect(await querySegments(milvus, collection_name)).toMatchObject(none);
    });
  });
}
