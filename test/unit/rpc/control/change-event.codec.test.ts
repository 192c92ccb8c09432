import { describe, expect, it } from 'vitest';
import { WatchResponse } from '../../../../src/gen/control.js';
import { AliasInfo, DatabaseInfo, PartitionInfo } from '../../../../src/gen/etcd_meta.js';
import { CollectionImage, ObjectKind } from '../../../../src/gen/journal.js';
import type { JournaledChange } from '../../../../src/root/catalog/journal.js';
import { ChangeEventCodec } from '../../../../src/rpc/control/change-event.codec.js';
import { aFeedBench, born } from '../../../kit/feed-bench.js';

const database = DatabaseInfo.fromPartial({ id: 7n, name: 'd' });
const partition = PartitionInfo.fromPartial({ partitionID: 8n, partitionName: 'p' });
const alias = AliasInfo.fromPartial({ aliasName: 'a', collectionId: 9n, dbId: 1n });

/** A real change, turned into one of another kind. */
async function aChange(differences: Partial<JournaledChange>): Promise<JournaledChange> {
  const bench = await aFeedBench();
  await bench.commit([born(9)]);
  const [change] = await bench.readAll(bench.watch());
  if (!change) throw new Error('nothing was committed');
  return { ...change, ...differences };
}

describe('a change on the wire', () => {
  it('carries its images as they were written, in the field of their kind', async () => {
    const born9 = await aChange({});
    const changes = [
      born9,
      await aChange({
        objectKind: ObjectKind.OBJECT_KIND_DATABASE,
        before: DatabaseInfo.encode(database).finish(),
      }),
      await aChange({
        objectKind: ObjectKind.OBJECT_KIND_PARTITION,
        before: PartitionInfo.encode(partition).finish(),
        after: new Uint8Array(0),
      }),
      await aChange({
        objectKind: ObjectKind.OBJECT_KIND_ALIAS,
        after: AliasInfo.encode(alias).finish(),
      }),
    ];
    const { events, resumeSequence } = WatchResponse.decode(
      new ChangeEventCodec().encodeBatch({ changes, resumeSequence: 12n }),
    );
    expect(resumeSequence).toBe(12n);
    const [first, second, third, fourth] = events;
    expect(first).toMatchObject({
      sequence: born9.sequence,
      timestamp: born9.timestamp,
      taskId: born9.taskId,
      actor: 'test',
      operation: 'collection.created',
      kind: ObjectKind.OBJECT_KIND_COLLECTION,
      objectId: 9n,
      databaseId: 1n,
      collectionId: 0n,
      before: undefined,
    });
    expect(first?.after?.collection).toEqual(CollectionImage.decode(born9.after));
    expect(second?.before?.database).toEqual(database);
    expect(third).toMatchObject({ before: { partition }, after: undefined });
    expect(fourth?.after?.alias).toEqual(alias);
  });
});
