import { FunctionType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBooks, describeNow, fieldNamed, valuesOf } from '../../kit/alteration-calls.js';
import { freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

/** A function that needs no service to be there when it is declared. */
export const embedding = (changes: object = {}) => ({
  name: 'embed',
  type: FunctionType.TEXTEMBEDDING,
  input_field_names: ['title'],
  output_field_names: ['vector'],
  params: { provider: 'openai', model_name: 'small' },
  ...changes,
});

/** Functions of a collection that exists, as in Milvus 2.6. */
export function functionsSuite(server: SuiteServer): void {
  describe('functions of a collection', () => {
    const collection_name = freshName();
    const read = () => describeNow(server.milvus, collection_name);

    beforeAll(() => createBooks(server.sdk, collection_name));

    it('are added with ids of their fields, and mark what they fill', async () => {
      const added = await server.sdk.addCollectionFunction({
        ...{ collection_name, function: embedding() },
      });
      expect(added).toMatchObject({ code: 0 });
      const answer = await read();
      expect(answer.schema?.functions).toMatchObject([
        { name: 'embed', inputFieldIds: [102n], outputFieldIds: [101n] },
      ]);
      expect(fieldNamed(answer, 'vector')?.isFunctionOutput).toBe(true);
    });

    it('are altered under their id', async () => {
      const before = await read();
      const altered = await server.sdk.alterCollectionFunction({
        ...{ collection_name, function_name: 'embed' },
        function: embedding({ params: { provider: 'openai', model_name: 'large' } }),
      });
      expect(altered).toMatchObject({ code: 0 });
      const [fn] = (await read()).schema?.functions ?? [];
      expect(fn?.id).toBe(before.schema?.functions[0]?.id);
      expect(valuesOf(fn?.params)).toEqual({ provider: 'openai', model_name: 'large' });
    });

    it('are dropped, once and again, and leave an ordinary field', async () => {
      const drop = () =>
        server.sdk.dropCollectionFunction({ collection_name, function_name: 'embed' });
      expect(await drop()).toMatchObject({ code: 0 });
      const answer = await read();
      expect(answer.schema?.functions).toEqual([]);
      expect(fieldNamed(answer, 'vector')?.isFunctionOutput).toBe(false);
      expect(await drop()).toMatchObject({ code: 0 });
      expect(await read()).toEqual(answer);
    });
  });
}
