import { describe, expect, it } from 'vitest';
import { lonelyPeers } from '../../../../src/adapters/in-process/peers.js';
import type { CollectionId, PartitionId, TaskId } from '../../../../src/domain/ids.js';
import type {
  CollectionRecord,
  LifecycleState,
  PartitionRecord,
} from '../../../../src/domain/records.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import type { ProxyPeers } from '../../../../src/ports/peers.js';
import type { LifecycleKind } from '../../../../src/root/lifecycle/lifecycle-actor.js';
import { Lifecycles } from '../../../../src/root/lifecycle/lifecycles.js';
import { Residency } from '../../../../src/root/lifecycle/residency.js';
import { catalogOf } from '../../../kit/ddl-fixtures.js';
import { aRecord } from '../../../kit/records.js';
import { silentLogger } from '../../../kit/silent-logger.js';
import { settled, VirtualClock } from '../../../kit/virtual-clock.js';

const TASK = 70n as TaskId;

const aPartition = (id: number, state: LifecycleState): PartitionRecord => ({
  id: BigInt(id) as PartitionId,
  name: `p${id}`,
  createdAt: 1_000n as Timestamp,
  state,
});

const aCollection = (id: number, state: LifecycleState, partitions: PartitionRecord[] = []) =>
  aRecord({ id: BigInt(id) as CollectionId, state, partitions });

/** Actors that only write down what reaches them, and rest at once. */
function actorsOf<Id extends bigint, Subject>(
  word: string,
  heard: string[],
  idOf: (subject: Subject) => Id,
  stateOf: (subject: Subject) => string,
): LifecycleKind<Id, Subject> {
  const note = (verb: string, subject: Subject, origin: string) =>
    heard.push(`${verb} ${word} ${idOf(subject)}: ${stateOf(subject)}, ${origin}`);
  return {
    word,
    idOf,
    unfinished: () => undefined,
    create: (subject, origin) => ({
      start: () => void note('start', subject, origin),
      stop: () => {},
      tell: (news, why) => void note('tell', news, why),
    }),
  };
}

function lifecyclesOver(records: CollectionRecord[], proxies: Partial<ProxyPeers> = {}) {
  const heard: string[] = [];
  const settlements: [TaskId, unknown][] = [];
  const catalog = catalogOf(records);
  const onSettled = (taskId: TaskId, outcome: unknown) => settlements.push([taskId, outcome]);
  const room = { clock: new VirtualClock(), log: silentLogger, residentMax: 10 };
  const residency = <Id, Subject>(kind: LifecycleKind<Id, Subject>) =>
    new Residency({ ...room, kind, onSettled, onBroken: () => {} });
  const collections = residency<CollectionId, CollectionRecord>(
    actorsOf(
      'collection',
      heard,
      ({ id }) => id,
      ({ state }) => state,
    ),
  );
  const partitions = residency<
    PartitionId,
    { collection: CollectionRecord; partition: PartitionRecord }
  >(
    actorsOf(
      'partition',
      heard,
      ({ partition }) => partition.id,
      ({ collection, partition }) => `${partition.state} in ${collection.state}`,
    ),
  );
  const lifecycles = new Lifecycles({
    catalog,
    proxies: { ...lonelyPeers().proxies, ...proxies },
    collections,
    partitions,
    onSettled,
  });
  return { lifecycles, heard, settlements };
}

describe('after a restart', () => {
  it('wakes what stands between two words of its life, and nothing else', () => {
    const { lifecycles, heard } = lifecyclesOver([
      aCollection(10, 'Created', [aPartition(11, 'Created')]),
      aCollection(20, 'Creating', [aPartition(21, 'Created')]),
      aCollection(30, 'Dropping', [aPartition(31, 'Dropping')]),
      aCollection(40, 'Created', [aPartition(41, 'Creating'), aPartition(42, 'Dropping')]),
      aCollection(50, 'Dropped', [aPartition(51, 'Created')]),
      aCollection(60, 'Created', [aPartition(61, 'Dropped')]),
    ]);
    lifecycles.wakeUnfinished();
    expect(heard).toEqual([
      'start collection 20: Creating, recovery',
      'start collection 30: Dropping, recovery',
      'start partition 41: Creating in Created, recovery',
      'start partition 42: Dropping in Created, recovery',
      'start collection 50: Dropped, recovery',
      'start partition 61: Dropped in Created, recovery',
    ]);
  });
});

describe('a collection that goes', () => {
  const creating = aPartition(11, 'Creating');
  const asleep = aPartition(12, 'Dropping');
  const collection = aCollection(10, 'Created', [creating, asleep]);
  it.each(['Dropping', 'Dropped'] as const)(
    '%s ends the partitions whose actors are awake, before its own begins',
    (state) => {
      const dropping = { ...collection, state };
      const { lifecycles, heard } = lifecyclesOver([collection]);
      const subject = { collection, partition: creating };
      lifecycles.follow({ kind: 'summonPartition', subject, origin: 'ddl' }, TASK);
      lifecycles.follow({ kind: 'summon', record: dropping, origin: 'ddl' }, TASK);
      expect(heard).toEqual([
        'start partition 11: Creating in Created, ddl',
        `tell partition 11: Creating in ${state}, ddl`,
        `start collection 10: ${state}, ddl`,
      ]);
    },
  );

  it('wakes them again when it comes back, but those that are awake', () => {
    const { lifecycles, heard } = lifecyclesOver([collection]);
    const subject = { collection, partition: creating };
    lifecycles.follow({ kind: 'summonPartition', subject, origin: 'ddl' }, TASK);
    lifecycles.follow({ kind: 'summon', record: collection, origin: 'alteration' }, TASK);
    expect(heard.slice(1)).toEqual([
      'start collection 10: Created, alteration',
      'start partition 12: Dropping in Created, recovery',
    ]);
  });
});

describe('telling proxies', () => {
  const record = aCollection(10, 'Created');

  it.each(['answers', 'refuses'])('settles the task when the proxy %s, not before', async (how) => {
    let answer = () => {};
    const told: string[] = [];
    const expireAlias = (database: string, alias: string) => {
      told.push(`${database}/${alias}`);
      return new Promise<void>((resolve, reject) => {
        answer = how === 'answers' ? resolve : () => reject(new Error('gone'));
      });
    };
    const expireCollection = async ({ id }: CollectionRecord) => void told.push(`${id}`);
    const proxies = { expireAlias, expireCollection };
    const { lifecycles, settlements } = lifecyclesOver([], proxies);
    const alias = { databaseName: 'default', alias: 'a', collections: [record] };
    lifecycles.follow({ kind: 'expireAlias', ...alias }, TASK);
    await settled();
    expect([told, settlements]).toEqual([['default/a', '10'], []]);
    answer();
    await settled();
    expect(settlements).toEqual([[TASK, undefined]]);
  });
});
