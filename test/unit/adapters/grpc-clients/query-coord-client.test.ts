import { status as grpcStatus, type sendUnaryData } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { QueryCoordClient } from '../../../../src/adapters/grpc-clients/query-coord-client.js';
import { CoordError } from '../../../../src/domain/errors.js';
import type { CollectionId, FieldId, IndexId, PartitionId } from '../../../../src/domain/ids.js';
import { StatusOk, statusOf } from '../../../../src/domain/status.js';
import type { Status } from '../../../../src/gen/common.js';
import { QueryCoordService, ShowCollectionsResponse } from '../../../../src/gen/query_coord.js';
import { startLoopbackServer } from '../../../kit/loopback-server.js';
import { type QueryCoordEra, QueryCoordServer } from '../../../kit/query-coord-server.js';
import { aSchema } from '../../../kit/schemas.js';

const COLLECTION = 100n as CollectionId;
const PARTITION = 101n as PartitionId;
const MIB = 2 ** 20;

const load = {
  collectionId: COLLECTION,
  schema: aSchema(),
  replicaNumber: 2,
  resourceGroups: ['rg'],
  fieldIndexes: new Map([[102n as FieldId, 500n as IndexId]]),
  loadFields: [100n as FieldId, 102n as FieldId],
  refresh: true,
};

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0).toReversed()) one.close();
});

const clientOf = (address: string, timeoutMs?: number): QueryCoordClient => {
  const sizes = { receiveBytesMax: MIB, sendBytesMax: MIB };
  const client = new QueryCoordClient({ address, ...sizes, ...(timeoutMs ? { timeoutMs } : {}) });
  open.push(client);
  return client;
};

async function connected(era: QueryCoordEra = '2.6', timeoutMs?: number) {
  const server = await QueryCoordServer.start(era);
  open.push(server);
  return { server, client: clientOf(server.address, timeoutMs) };
}

/** A server that has only the shorter name of a call, and notes under which name it is asked. */
async function connectedToOlder(status: Status) {
  const asked: string[] = [];
  const answer = ShowCollectionsResponse.fromPartial({ status });
  const handlers = {
    showLoadCollections: (_call: unknown, callback: sendUnaryData<unknown>) => {
      asked.push('long');
      callback({ code: grpcStatus.UNIMPLEMENTED });
    },
    showCollections: (_call: unknown, callback: sendUnaryData<unknown>) => {
      asked.push('short');
      callback(null, answer);
    },
  };
  const server = await startLoopbackServer((one) => one.addService(QueryCoordService, handlers));
  open.push(server);
  return { asked, client: clientOf(server.address) };
}

const refusedWith = (fields: object) => expect.objectContaining(fields);

describe('a QueryCoord in another process', () => {
  it('is given a load with all that was looked up', async () => {
    const { server, client } = await connected();
    await client.loadCollection(load);
    await client.loadPartitions(load, [PARTITION]);
    const parts = {
      collectionID: 100n,
      replicaNumber: 2,
      resourceGroups: ['rg'],
      refresh: true,
      loadFields: [100n, 102n],
      fieldIndexID: new Map([[102n, 500n]]),
      schema: expect.objectContaining({ name: load.schema.name }),
    };
    expect(server.requests).toMatchObject([
      { rpc: 'loadCollection', request: parts },
      { rpc: 'loadPartitions', request: { ...parts, partitionIDs: [101n] } },
    ]);
  });

  it.each(['2.4', '2.6'] as const)(
    'of %s tells how far loads are, under its own names',
    async (era) => {
      const { server, client } = await connected(era);
      server.percent = 40n;
      await client.loadPartitions(load, [PARTITION]);
      const half = { percent: 40n, refreshPercent: 100n, isSearchable: false };
      for (let round = 0; round < 2; round += 1) {
        expect(await client.collectionProgress()).toEqual(new Map([[COLLECTION, half]]));
        expect(await client.partitionProgress(COLLECTION)).toEqual(new Map([[PARTITION, half]]));
        expect(await client.segments(COLLECTION)).toMatchObject([{ segmentID: 7n, numRows: 3n }]);
        expect(await client.replicas(COLLECTION, true)).toMatchObject([{ replicaID: 5n }]);
      }
    },
  );

  it('refuses in its own numbers and words, also in ones Rootstock has not', async () => {
    const { server, client } = await connected();
    await expect(client.collectionProgress(COLLECTION)).rejects.toMatchObject({
      kind: 'CollectionNotLoaded',
      code: 101,
    });
    server.refusal = new CoordError('Unexpected', 'out of memory', {
      relayed: { code: 3, retriable: true },
    });
    await expect(client.loadCollection(load)).rejects.toEqual(
      refusedWith({ kind: 'Unexpected', code: 3, retriable: true, message: 'out of memory' }),
    );
  });

  it('that is not there, or does not answer in time, is refused as one to ask again', async () => {
    const { server, client } = await connected('2.6', 200);
    server.isSilent = true;
    const unavailable = { kind: 'ServiceUnavailable', code: 2, retriable: true };
    await expect(client.releaseCollection(COLLECTION)).rejects.toEqual(
      refusedWith({ ...unavailable, message: expect.stringContaining(server.address) }),
    );
    server.close();
    await expect(client.releaseCollection(COLLECTION)).rejects.toEqual(refusedWith(unavailable));
    await expect(clientOf('127.0.0.1:1').collectionProgress()).rejects.toEqual(
      refusedWith({ ...unavailable, message: expect.stringContaining('127.0.0.1:1') }),
    );
  });

  it('that lacks a call is not asked for it again, also after two first calls at once', async () => {
    const { asked, client } = await connectedToOlder(StatusOk);
    await Promise.all([client.collectionProgress(), client.collectionProgress()]);
    expect(asked.toSorted()).toEqual(['long', 'long', 'short', 'short']);
    await client.collectionProgress();
    expect(asked.slice(4)).toEqual(['short']);
  });

  it('that lacks a call is not asked for it again after a refusal under the other name', async () => {
    const refusal = statusOf(CoordError.of('CollectionNotLoaded', { collection: COLLECTION }));
    const { asked, client } = await connectedToOlder(refusal);
    for (let round = 0; round < 2; round += 1) {
      await expect(client.collectionProgress(COLLECTION)).rejects.toMatchObject({ code: 101 });
    }
    expect(asked).toEqual(['long', 'short', 'short']);
  });
});
