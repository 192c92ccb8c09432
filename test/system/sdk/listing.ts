import { ShowCollectionsType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { collectionOf, describeThrough, freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const COLLECTIONS = 5;

/** ShowCollections through the SDK. */
export function listingSuite(server: SuiteServer): void {
  describe('the list of collections', () => {
    const names = Array.from({ length: COLLECTIONS }, () => freshName('listed'));

    beforeAll(async () => {
      for (const name of names) await server.sdk.createCollection(collectionOf(name));
    });

    it('tells the same of each collection as its description', async () => {
      const { data, created_timestamps, created_utc_timestamps } =
        await server.sdk.showCollections();
      expect(created_timestamps).toHaveLength(data.length);
      expect(created_utc_timestamps).toHaveLength(data.length);
      for (const name of names) {
        const described = await describeThrough(server.sdk, name);
        const place = data.findIndex((each) => each.name === name);
        expect(data[place]).toMatchObject({
          id: described.collectionID,
          timestamp: described.created_utc_timestamp,
        });
        expect(created_timestamps[place]).toBe(described.created_timestamp);
      }
    });

    it('holds each collection once', async () => {
      const { data } = await server.sdk.showCollections();
      expect(new Set(data.map(({ name }) => name)).size).toBe(data.length);
      expect(new Set(data.map(({ id }) => id)).size).toBe(data.length);
    });

    it('may be asked for some names only; a name nobody has is left out', async () => {
      const [first = '', second = ''] = names;
      const collection_names = [second, first, 'nobody'];
      const { data } = await server.sdk.showCollections({ collection_names });
      expect(data.map(({ name }) => name).sort()).toEqual([first, second]);
    });

    it('is empty for loaded collections, since nothing is ever loaded here', async () => {
      const answer = await server.sdk.showCollections({ type: ShowCollectionsType.Loaded });
      expect(answer).toMatchObject({ status: { error_code: 'Success', code: 0 }, data: [] });
    });
  });
}
