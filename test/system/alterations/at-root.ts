import { describe, expect, it } from 'vitest';
import { MsgType, type Status } from '../../../src/gen/common.js';
import {
  AddCollectionFieldRequest,
  AddCollectionFunctionRequest,
  AlterCollectionFieldRequest,
  AlterCollectionFunctionRequest,
  AlterCollectionRequest,
  DropCollectionFunctionRequest,
  RenameCollectionRequest,
  TruncateCollectionRequest,
  type TruncateCollectionResponse,
} from '../../../src/gen/milvus.js';
import { FieldSchema, FunctionType } from '../../../src/gen/schema.js';
import { createBooks, fieldNamed, valuesOf } from '../../kit/alteration-calls.js';
import { answerOf } from '../../kit/answer-of.js';
import { describeAtRoot } from '../../kit/root-calls.js';
import { aField, aFunction, pairs } from '../../kit/schemas.js';
import { freshName } from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const embedding = (model: string) =>
  aFunction({
    ...{ name: 'embed', type: FunctionType.TextEmbedding },
    ...{ inputFieldNames: ['title'], outputFieldNames: ['vector'] },
    params: pairs({ provider: 'openai', model_name: model }),
  });

/** Alterations the way a proxy asks RootCoord for them. */
export function atRootSuite(server: SuiteServer): void {
  describe('alterations asked of RootCoord', () => {
    const alter = (changes: Partial<AlterCollectionRequest>) =>
      answerOf<Status>((done) =>
        server.root.alterCollection(AlterCollectionRequest.fromPartial(changes), done),
      );
    const alterField = (changes: Partial<AlterCollectionFieldRequest>) =>
      answerOf<Status>((done) =>
        server.root.alterCollectionField(AlterCollectionFieldRequest.fromPartial(changes), done),
      );

    it('do what they say, one after the other', async () => {
      const { root, sdk } = server;
      const [collectionName, newName] = [freshName(), freshName('novels')];
      await createBooks(sdk, collectionName);
      const on = { collectionName };
      const field = FieldSchema.encode(aField('age', { nullable: true })).finish();
      const steps: (() => Promise<Status | undefined>)[] = [
        () => alter({ ...on, properties: pairs({ colour: 'red', shade: 'dark' }) }),
        () => alter({ ...on, deleteKeys: ['shade'] }),
        () => alterField({ ...on, fieldName: 'title', properties: pairs({ max_length: 99 }) }),
        () =>
          answerOf<Status>((done) =>
            root.addCollectionField(
              AddCollectionFieldRequest.fromPartial({
                ...{ ...on, base: { msgType: MsgType.AddCollectionField } },
                schema: Buffer.from(field),
              }),
              done,
            ),
          ),
        () =>
          answerOf<Status>((done) =>
            root.addCollectionFunction(
              AddCollectionFunctionRequest.fromPartial({ ...on, functionSchema: embedding('a') }),
              done,
            ),
          ),
        () =>
          answerOf<Status>((done) =>
            root.alterCollectionFunction(
              AlterCollectionFunctionRequest.fromPartial({
                ...{ ...on, functionName: 'embed', functionSchema: embedding('b') },
              }),
              done,
            ),
          ),
        () =>
          answerOf<Status>((done) =>
            root.dropCollectionFunction(
              DropCollectionFunctionRequest.fromPartial({ ...on, functionName: 'embed' }),
              done,
            ),
          ),
        () =>
          answerOf<TruncateCollectionResponse>((done) =>
            root.truncateCollection(TruncateCollectionRequest.fromPartial(on), done),
          ).then(({ status }) => status),
        () =>
          answerOf<Status>((done) =>
            root.renameCollection(
              RenameCollectionRequest.fromPartial({
                ...{
                  base: { msgType: MsgType.RenameCollection },
                  oldName: collectionName,
                  newName,
                },
              }),
              done,
            ),
          ),
      ];
      for (const step of steps) expect(await step()).toMatchObject({ code: 0 });
      const answer = await describeAtRoot(root, newName);
      expect(valuesOf(answer.properties)).toEqual({ colour: 'red' });
      expect(valuesOf(fieldNamed(answer, 'title')?.typeParams)).toEqual({ max_length: '99' });
      expect(fieldNamed(answer, 'age')).toMatchObject({ nullable: true, fieldID: 103n });
      expect(answer.schema).toMatchObject({ name: newName, functions: [], version: 5 });
    });

    it('are refused in the order RootCoord checks', async () => {
      const properties = pairs({ a: 'b' });
      const steps = [
        [alter({}), 65535, 'alter collection failed, collection name does not exists'],
        [
          alter({ collectionName: 'ghost' }),
          ...[
            65535,
            'The collection properties to alter and keys to delete must not be empty at the same time',
          ],
        ],
        [
          alter({ collectionName: 'ghost', properties, deleteKeys: ['a'] }),
          ...[65535, 'can not provide properties and deletekeys at the same time'],
        ],
        [
          alter({ dbName: 'nowhere', collectionName: 'ghost', properties }),
          ...[800, 'database not found[database=nowhere]'],
        ],
        [
          alter({ collectionName: 'ghost', properties }),
          ...[100, 'collection not found[database=default][collection=ghost]'],
        ],
        [alterField({}), 65535, 'alter collection field failed, collection name does not exists'],
        [
          alterField({ collectionName: 'ghost' }),
          ...[65535, 'alter collection field failed, filed name does not exists'],
        ],
      ] as const;
      for (const [asked, code, reason] of steps) {
        expect(await asked).toMatchObject({ code, reason });
      }
    });
  });
}
