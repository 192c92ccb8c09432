import { describe, expect, it } from 'vitest';
import { collectionOf, createThrough, freshName, thrownBy } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const KEY = 'rootstock.deleteProtection.enabled';

/** The property that refuses the drop of a collection. */
export function deleteProtectionSuite(server: SuiteServer): void {
  describe('a collection protected against deletion', () => {
    const create = async (value: string) => {
      const name = freshName('protected');
      await createThrough(server.sdk, collectionOf(name, [], { properties: { [KEY]: value } }));
      return name;
    };

    it('is not dropped until the protection is lifted', async () => {
      const collection_name = await create('true');
      const refused = await server.sdk
        .dropCollection({ collection_name })
        .catch((thrown: unknown) => thrown);
      expect(refused).toMatchObject({
        code: 65535,
        error_code: 'UnexpectedError',
        reason:
          `deletion of collection[${collection_name}] is refused: ${KEY} is set; ` +
          'set it to false or delete the key first',
      });
      await server.sdk.alterCollectionProperties({ collection_name, properties: { [KEY]: false } });
      expect(await server.sdk.dropCollection({ collection_name })).toMatchObject({ code: 0 });
    });

    it('is dropped when the property says false', async () => {
      const collection_name = await create('False');
      expect(await server.sdk.dropCollection({ collection_name })).toMatchObject({ code: 0 });
    });

    it('says on or off, or it is not created', async () => {
      expect(await thrownBy(create('yes'))).toMatchObject({
        code: 1100,
        reason: `the value of ${KEY} should be true or false, but got "yes": invalid parameter`,
      });
    });
  });
}
