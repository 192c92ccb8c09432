import { describe, expect, it } from 'vitest';
import { MsgType, type Status } from '../../src/gen/common.js';
import {
  AlterIndexRequest as DataAlterIndex,
  CreateIndexRequest as DataCreateIndex,
  DropIndexRequest as DataDropIndex,
} from '../../src/gen/index_coord.js';
import {
  AlterIndexRequest,
  CreateAliasRequest,
  CreateCollectionRequest,
  CreateIndexRequest,
  DropCollectionRequest,
  DropIndexRequest,
  LoadCollectionRequest,
  LoadPartitionsRequest,
  ReleaseCollectionRequest,
  ReleasePartitionsRequest,
  RenameCollectionRequest,
} from '../../src/gen/milvus.js';
import { CollectionSchema } from '../../src/gen/schema.js';
import { answerOf } from '../kit/answer-of.js';
import { termsOf } from '../kit/keyed-calls.js';
import { describeCollection, hasCollection } from '../kit/milvus-calls.js';
import { aSchema } from '../kit/schemas.js';
import { freshName } from '../kit/sdk-collections.js';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';

type Terms = Parameters<typeof termsOf>[0];

const OK = { code: 0, errorCode: 0, reason: '' };

describe.each(stores)('requests on terms, metadata in $name', (kind) => {
  const server = SuiteServer.on(kind);

  const create = (collectionName: string, terms: Terms) => {
    const schema = CollectionSchema.encode(aSchema([], { name: collectionName })).finish();
    const request = CreateCollectionRequest.create({ collectionName, schema });
    return answerOf<Status>((done) =>
      server.milvus.createCollection(request, termsOf(terms), done),
    );
  };

  const drop = (collectionName: string, terms: Terms) =>
    answerOf<Status>((done) =>
      server.milvus.dropCollection(
        DropCollectionRequest.create({ collectionName }),
        termsOf(terms),
        done,
      ),
    );

  const rename = (oldName: string, newName: string, terms: Terms) =>
    answerOf<Status>((done) =>
      server.milvus.renameCollection(
        RenameCollectionRequest.create({ oldName, newName }),
        termsOf(terms),
        done,
      ),
    );

  const dropAtRoot = (collectionName: string, terms: Terms) =>
    answerOf<Status>((done) =>
      server.root.dropCollection(
        DropCollectionRequest.create({ base: { msgType: MsgType.DropCollection }, collectionName }),
        termsOf(terms),
        done,
      ),
    );

  const has = async (collectionName: string) =>
    (await hasCollection(server.milvus, { collectionName })).value;

  it('have the outcome they had, also after kill -9', async () => {
    const [name, idempotencyKey] = [freshName(), freshName('drop/of%2f')];
    await create(name, {});
    expect(await drop(name, { idempotencyKey })).toMatchObject(OK);
    await create(name, {});
    expect(await drop(name, { idempotencyKey })).toMatchObject(OK);
    expect(await has(name)).toBe(true);
    await server.kill();
    await server.start();
    expect(await drop(name, { idempotencyKey })).toMatchObject(OK);
    expect(await has(name)).toBe(true);
  });

  it('are refused as they were, also after kill -9', async () => {
    const [name, newName, idempotencyKey] = [freshName(), freshName(), freshName('rename')];
    const first = await rename(name, newName, { idempotencyKey });
    expect(first).toMatchObject({ code: 100, errorCode: 4, retriable: false });
    await create(name, {});
    expect(await rename(name, newName, { idempotencyKey })).toEqual(first);
    await server.kill();
    await server.start();
    expect(await rename(name, newName, { idempotencyKey })).toEqual(first);
    expect([await has(name), await has(newName)]).toEqual([true, false]);
  });

  it('made a hundred times at once happen once', async () => {
    const [name, idempotencyKey] = [freshName(), freshName('create')];
    const statuses = await Promise.all(
      Array.from({ length: 100 }, () => create(name, { idempotencyKey })),
    );
    for (const status of statuses) expect(status).toMatchObject(OK);
    await drop(name, {});
    expect(await create(name, { idempotencyKey })).toMatchObject(OK);
    expect(await has(name)).toBe(false);
  });

  it('are refused when the key was used for something else', async () => {
    const [name, other, idempotencyKey] = [freshName(), freshName(), freshName('mixed')];
    await create(name, { idempotencyKey });
    const refusal = {
      code: 1100,
      errorCode: 5,
      reason: 'the idempotency key was used for another request: invalid parameter',
    };
    expect(await create(other, { idempotencyKey })).toMatchObject(refusal);
    expect(await drop(name, { idempotencyKey })).toMatchObject(refusal);
    // The same words to another service are another request.
    expect(await dropAtRoot(name, { idempotencyKey })).toMatchObject(refusal);
    expect([await has(name), await has(other)]).toEqual([true, false]);
  });

  it('happen only to the version that was expected', async () => {
    const [name, newName] = [freshName(), freshName()];
    expect(await create(name, { expectedVersion: 0n })).toMatchObject(OK);
    const { updateTimestampStr } = await describeCollection(server.milvus, {
      collectionName: name,
    });
    expect(await drop(name, { expectedVersion: 1n })).toMatchObject({
      code: 65_535,
      errorCode: 1_000,
      reason: `record moved on[expected=1][actual=${updateTimestampStr}]`,
      retriable: false,
    });
    expect(await rename(name, newName, { expectedVersion: updateTimestampStr })).toMatchObject(OK);
    expect(await drop(newName, { expectedVersion: updateTimestampStr })).toMatchObject({
      code: 65_535,
    });
    expect(await has(newName)).toBe(true);
  });

  it.each([
    ['a key of 257 characters', { idempotencyKey: 'k'.repeat(257) }, 1102],
    ['a version that is no number', { expectedVersion: 'latest' }, 1100],
    ['a negative version', { expectedVersion: '-1' }, 1100],
    ['a version past 64 bits', { expectedVersion: (2n ** 64n).toString() }, 1100],
  ])('are refused with %s', async (_what, terms, code) => {
    const name = freshName();
    expect(await create(name, terms)).toMatchObject({ code, errorCode: 5 });
    expect(await has(name)).toBe(false);
  });

  it('take the longest key', async () => {
    const [name, idempotencyKey] = [freshName(), '%'.repeat(256)];
    const alias = freshName('alias');
    await create(name, {});
    const request = CreateAliasRequest.create({ collectionName: name, alias });
    for (const _ of [1, 2]) {
      const status = await answerOf<Status>((done) =>
        server.milvus.createAlias(request, termsOf({ idempotencyKey }), done),
      );
      expect(status).toMatchObject(OK);
    }
  });

  it('about indexes and loads are refused: those may simply be asked again', async () => {
    const { milvus, data, root } = server;
    const asked: Record<string, (terms: Terms) => Promise<Status>> = {
      CreateIndex: (terms) =>
        answerOf((done) => milvus.createIndex(CreateIndexRequest.create(), termsOf(terms), done)),
      AlterIndex: (terms) =>
        answerOf((done) => milvus.alterIndex(AlterIndexRequest.create(), termsOf(terms), done)),
      DropIndex: (terms) =>
        answerOf((done) => milvus.dropIndex(DropIndexRequest.create(), termsOf(terms), done)),
      LoadCollection: (terms) =>
        answerOf((done) =>
          milvus.loadCollection(LoadCollectionRequest.create(), termsOf(terms), done),
        ),
      ReleaseCollection: (terms) =>
        answerOf((done) =>
          milvus.releaseCollection(ReleaseCollectionRequest.create(), termsOf(terms), done),
        ),
      LoadPartitions: (terms) =>
        answerOf((done) =>
          milvus.loadPartitions(LoadPartitionsRequest.create(), termsOf(terms), done),
        ),
      ReleasePartitions: (terms) =>
        answerOf((done) =>
          milvus.releasePartitions(ReleasePartitionsRequest.create(), termsOf(terms), done),
        ),
      'CreateIndex of DataCoord': (terms) =>
        answerOf((done) => data.createIndex(DataCreateIndex.create(), termsOf(terms), done)),
      'AlterIndex of DataCoord': (terms) =>
        answerOf((done) => data.alterIndex(DataAlterIndex.create(), termsOf(terms), done)),
      'DropIndex of DataCoord': (terms) =>
        answerOf((done) => data.dropIndex(DataDropIndex.create(), termsOf(terms), done)),
      'CreateIndex of RootCoord': (terms) =>
        answerOf((done) => root.createIndex(CreateIndexRequest.create(), termsOf(terms), done)),
      'DropIndex of RootCoord': (terms) =>
        answerOf((done) => root.dropIndex(DropIndexRequest.create(), termsOf(terms), done)),
    };
    const headers: [string, Terms][] = [
      ['rootstock-idempotency-key', { idempotencyKey: 'k' }],
      ['rootstock-expected-version', { expectedVersion: 1n }],
    ];
    for (const [title, ask] of Object.entries(asked)) {
      for (const [header, terms] of headers) {
        const [rpc] = title.split(' ');
        expect([title, await ask(terms)]).toMatchObject([
          title,
          {
            code: 1100,
            reason: `the header ${header} is not supported for ${rpc}, which may simply be asked for again: invalid parameter`,
          },
        ]);
      }
    }
  });
});
