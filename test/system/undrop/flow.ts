import { status as rpcStatus } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { ObjectKind } from '../../../src/gen/journal.js';
import { controlClients } from '../../kit/control-session.js';
import {
  collectionOf,
  createThrough,
  describeThrough,
  freshName,
  textField,
} from '../../kit/sdk-collections.js';
import type { SuiteServer } from '../../kit/suite-server.js';
import { listDropped, undropCollection, undropPartition } from '../../kit/undrop-calls.js';

const DAY_MS = 86_400_000;

/** Drops taken back, over gRPC. */
export function undropFlowSuite(server: SuiteServer): void {
  describe('an undrop', () => {
    const control = controlClients(server);
    const create = async (word: string, aliases: readonly string[] = []) => {
      const name = freshName(word);
      const request = collectionOf(name, [textField('title')], {
        properties: { 'collection.ttl.seconds': '60' },
      });
      await createThrough(server.sdk, request);
      for (const alias of aliases) {
        await server.sdk.createAlias({ collection_name: name, alias });
      }
      for (const partition_name of ['p', 'q']) {
        await server.sdk.createPartition({ collection_name: name, partition_name });
      }
      return name;
    };
    const drop = (collection_name: string) => server.sdk.dropCollection({ collection_name });
    const partitionsOf = async (collection_name: string) => {
      const { partition_names, partitionIDs, created_timestamps } = await server.sdk.showPartitions(
        { collection_name },
      );
      return { partition_names, partitionIDs, created_timestamps };
    };
    /** All a client can learn, but for the time of the last change. */
    const everythingOf = async (name: string) => {
      const { update_timestamp, update_timestamp_str, ...known } = await describeThrough(
        server.sdk,
        name,
      );
      return { ...known, ...(await partitionsOf(name)) };
    };

    it('brings a collection back as it was: ids, schema, partitions, properties, aliases', async () => {
      const name = await create('whole', ['whole_one', 'whole_two']);
      const before = await everythingOf(name);
      const { update_timestamp: updatedBefore } = await describeThrough(server.sdk, name);
      await drop(name);
      expect((await server.sdk.hasCollection({ collection_name: name })).value).toBe(false);
      const answer = await undropCollection(control.atProxy(), { collectionName: name });
      expect(answer).toMatchObject({
        status: { code: 0 },
        objectId: BigInt(before.collectionID),
        aliasesLost: [],
      });
      expect(await everythingOf(name)).toEqual(before);
      expect(before.aliases).toEqual(['whole_one', 'whole_two']);
      const { update_timestamp } = await describeThrough(server.sdk, name);
      expect(BigInt(update_timestamp)).toBeGreaterThan(BigInt(updatedBefore));
      const byAlias = await server.sdk.describeAlias({ collection_name: name, alias: 'whole_one' });
      expect(byAlias.collection).toBe(name);
    });

    it('is served beside RootCoord, too, and by id may be repeated', async () => {
      const name = await create('by_id');
      const { collectionID } = await describeThrough(server.sdk, name);
      await drop(name);
      for (const client of [control.atRootCoord(), control.atProxy()]) {
        const answer = await undropCollection(client, { collectionId: BigInt(collectionID) });
        expect(answer).toMatchObject({ status: { code: 0 }, objectId: BigInt(collectionID) });
      }
    });

    it('leaves what has happened since alone, and then wants another name', async () => {
      const name = await create('renamed', ['renamed_free', 'renamed_taken']);
      const old = await describeThrough(server.sdk, name);
      await drop(name);
      const successor = await createThrough(server.sdk, collectionOf(name));
      await server.sdk.createAlias({ collection_name: name, alias: 'renamed_taken' });
      expect(await undropCollection(control.atProxy(), { collectionName: name })).toMatchObject({
        status: {
          code: 65535,
          reason:
            `collection name [${name}] is taken by a collection of database [default], ` +
            'please choose another name',
        },
      });
      const newName = `${name}_back`;
      const answer = await undropCollection(control.atProxy(), { collectionName: name, newName });
      expect(answer).toMatchObject({
        status: { code: 0 },
        objectId: BigInt(old.collectionID),
        aliasesLost: ['renamed_taken'],
      });
      expect((await describeThrough(server.sdk, name)).collectionID).toBe(successor.collectionID);
      const back = await describeThrough(server.sdk, newName);
      expect([back.collectionID, back.collection_name, back.schema.name, back.aliases]).toEqual([
        old.collectionID,
        newName,
        newName,
        ['renamed_free'],
      ]);
    });

    it('takes the newest of two dropped under one name; the other one by its id', async () => {
      const name = await create('twice');
      const ids = [(await describeThrough(server.sdk, name)).collectionID];
      await drop(name);
      ids.push((await createThrough(server.sdk, collectionOf(name))).collectionID);
      await drop(name);
      await undropCollection(control.atProxy(), { collectionName: name });
      expect((await describeThrough(server.sdk, name)).collectionID).toBe(ids[1]);
      await undropCollection(control.atProxy(), {
        collectionId: BigInt(ids[0] ?? 0),
        newName: `${name}_old`,
      });
      expect((await describeThrough(server.sdk, `${name}_old`)).collectionID).toBe(ids[0]);
    });

    it('works for collections dropped before a kill', async () => {
      const name = await create('killed', ['killed_alias']);
      const before = await everythingOf(name);
      await server.sdk.dropPartition({ collection_name: name, partition_name: 'q' });
      const withoutQ = await partitionsOf(name);
      await drop(name);
      await server.kill();
      await server.start();
      expect(await undropCollection(control.atProxy(), { collectionName: name })).toMatchObject({
        status: { code: 0 },
      });
      expect(await partitionsOf(name)).toEqual(withoutQ);
      await server.kill();
      await server.start();
      const answer = await undropPartition(control.atProxy(), {
        collectionName: name,
        partitionName: 'q',
      });
      expect(answer).toMatchObject({
        status: { code: 0 },
        objectId: BigInt(before.partitionIDs[2] ?? 0),
      });
      expect(await everythingOf(name)).toEqual(before);
    });

    it('shows in lists what it could bring back, and until when', async () => {
      const name = await create('listed');
      const { collectionID } = await describeThrough(server.sdk, name);
      await server.sdk.dropPartition({ collection_name: name, partition_name: 'q' });
      const ofThis = async (dbName: string) => {
        const { objects } = await listDropped(control.atProxy(), dbName);
        return objects.filter((object) => object.collectionId === BigInt(collectionID));
      };
      const [q, ...none] = await ofThis('');
      expect(none).toEqual([]);
      expect(q).toMatchObject({
        kind: ObjectKind.OBJECT_KIND_PARTITION,
        dbName: 'default',
        collectionName: name,
        partitionName: 'q',
      });
      await drop(name);
      const [whole, ...more] = await ofThis('default');
      expect(more).toEqual([]);
      expect(whole).toMatchObject({
        kind: ObjectKind.OBJECT_KIND_COLLECTION,
        objectId: BigInt(collectionID),
        collectionName: name,
        partitionName: '',
      });
      const droppedMs = Number((whole?.droppedTimestamp ?? 0n) >> 18n);
      expect(Number(whole?.keptUntilMs) - droppedMs).toBe(1_200_000);
      expect(Math.abs(droppedMs - Date.now())).toBeLessThan(DAY_MS);
    });

    it('of a list that cannot be had fails as gRPC calls do', async () => {
      await expect(listDropped(control.atProxy(), 'nowhere')).rejects.toMatchObject({
        code: rpcStatus.NOT_FOUND,
        details: 'database not found[database=nowhere]',
      });
    });

    it.each([
      [
        'a collection never dropped',
        { collectionName: 'never' },
        [
          100,
          'collection not found[database=default][collection=never]: ' +
            'no dropped collection of this name or id is kept',
        ],
      ],
      [
        'nothing at all',
        {},
        [1100, 'neither the name nor the id of a collection is given: invalid parameter'],
      ],
      [
        'a database that is not there',
        { dbName: 'nowhere', collectionName: 'c' },
        [800, 'database not found[database=nowhere]'],
      ],
      [
        'a name no collection may have',
        { collectionName: 'never', newName: 'a-b' },
        [
          1100,
          'Invalid collection name: a-b.  ' +
            'collection name can only contain numbers, letters and underscores: invalid parameter',
        ],
      ],
    ] as const)('is refused for %s', async (_title, request, [code, reason]) => {
      const { status, objectId } = await undropCollection(control.atProxy(), request);
      expect({ code: status?.code, reason: status?.reason }).toEqual({ code, reason });
      expect(objectId).toBe(0n);
    });

    it('of a partition is refused when there is none, or its name is taken', async () => {
      const collectionName = await create('parts');
      const undropQ = () =>
        undropPartition(control.atProxy(), { collectionName, partitionName: 'q' });
      expect(await undropQ()).toMatchObject({
        status: {
          code: 200,
          reason:
            `partition not found[collection=${collectionName}][partition=q]: ` +
            'no dropped partition of this name or id is kept',
        },
      });
      const q = { collection_name: collectionName, partition_name: 'q' };
      await server.sdk.dropPartition(q);
      await server.sdk.createPartition(q);
      expect(await undropQ()).toMatchObject({
        status: {
          code: 65535,
          reason: `partition name [q] is taken by a partition of collection [${collectionName}]`,
        },
      });
    });
  });
}
