import { describe, expect, it } from 'vitest';
import { collectionOf, describeThrough, freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const CLIENTS = 64;
const everyone = Array.from({ length: CLIENTS }, (_, index) => index);

/** Many clients at once. */
export function concurrencySuite(server: SuiteServer): void {
  describe(`${CLIENTS} clients at once`, () => {
    const create = (...request: Parameters<typeof collectionOf>) =>
      server.sdk.createCollection(collectionOf(...request));

    it('each get their own collection', async () => {
      const names = everyone.map(() => freshName('parallel'));
      const answers = await Promise.all(names.map((name) => create(name)));
      expect(answers.every(({ code }) => code === 0)).toBe(true);
      const all = await Promise.all(names.map((name) => describeThrough(server.sdk, name)));
      expect(all.map(({ collection_name }) => collection_name)).toEqual(names);
      expect(new Set(all.map(({ collectionID }) => collectionID)).size).toBe(CLIENTS);
      expect(new Set(all.map(({ created_timestamp }) => created_timestamp)).size).toBe(CLIENTS);
      const { data } = await server.sdk.showCollections({ collection_names: names });
      expect(data.map(({ name }) => name).sort()).toEqual([...names].sort());
    });

    it('who all want the same collection share one', async () => {
      const name = freshName('shared');
      const answers = await Promise.all(everyone.map(() => create(name)));
      expect(answers.every(({ code }) => code === 0)).toBe(true);
      const { data } = await server.sdk.showCollections({ collection_names: [name] });
      expect(data).toHaveLength(1);
    });

    it('who want one name for different things leave it to one of them', async () => {
      const name = freshName('contested');
      const wishes = everyone.map((client) => `wish ${client % 4}`);
      const answers = await Promise.allSettled(
        wishes.map((description) => create(name, [], { description })),
      );
      const { description } = (await describeThrough(server.sdk, name)).schema;
      for (const [client, answer] of answers.entries()) {
        const isGranted = wishes[client] === description;
        expect(answer).toMatchObject(
          isGranted
            ? { status: 'fulfilled', value: { code: 0 } }
            : {
                status: 'rejected',
                reason: {
                  code: 65535,
                  reason: `create duplicate collection with different parameters, collection: ${name}`,
                },
              },
        );
      }
    });

    it('who create and drop one name all succeed, and everybody then sees the same', async () => {
      const name = freshName('restless');
      const answers = await Promise.all(
        everyone.map((client) =>
          client % 2 === 0 ? create(name) : server.sdk.dropCollection({ collection_name: name }),
        ),
      );
      expect(answers.every(({ code }) => code === 0)).toBe(true);
      const { data } = await server.sdk.showCollections({ collection_names: [name] });
      const { value } = await server.sdk.hasCollection({ collection_name: name });
      expect(data).toHaveLength(value ? 1 : 0);
    });
  });
}
