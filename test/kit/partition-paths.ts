import {
  type PartitionEvent,
  type PartitionOrigin,
  type PartitionSubject,
  partitionMachine,
} from '../../machines/root/partition.machine.js';
import type { PartitionId } from '../../src/domain/ids.js';
import type { LifecycleState } from '../../src/domain/records.js';
import type { Timestamp } from '../../src/domain/timestamp.js';
import {
  after,
  done,
  failed,
  type PlayedEvent,
  type PlayedPath,
  pathsOf,
} from './machine-paths.js';
import { aRecord } from './records.js';

/** The paths of the partition machine. */

/** Every piece of work the machine asks for. */
export const PARTITION_WORK = [
  'sendCreate',
  'sendDrop',
  'syncPartition',
  'commitCreated',
  'expireCaches',
  'announceUndropped',
  'releasePartition',
  'waitWhileKept',
  'confirmDrop',
  'confirmGarbageCollected',
  'purgeRecord',
] as const;

/** A partition in this state, of a collection that is Created. */
export function aSubject(state: LifecycleState): PartitionSubject {
  const born = { id: 900n as PartitionId, createdAt: 2_000n as Timestamp };
  const partition = { ...born, name: 'p', state };
  const collection = aRecord();
  return {
    collection: { ...collection, partitions: [...collection.partitions, partition] },
    partition,
  };
}

export const CREATED = aSubject('Created');
export const DROPPING = aSubject('Dropping');
export const COLLECTION_DROPPED = {
  type: 'partition.collectionDropped',
  reason: new Error('the collection was dropped'),
} as const;

/** Every command, with the subject it comes with. */
export const PARTITION_COMMANDS: readonly PartitionEvent[] = [
  { type: 'partition.drop', subject: DROPPING },
  { type: 'partition.undrop', subject: CREATED },
  { type: 'partition.sweep', subject: DROPPING },
  COLLECTION_DROPPED,
];

/** What work comes to when all is well. */
function outputOf(work: (typeof PARTITION_WORK)[number]): unknown {
  if (work === 'commitCreated') return CREATED;
  return work === 'confirmDrop' ? true : undefined;
}

const EVENTS: readonly PlayedEvent[] = [
  ...PARTITION_COMMANDS,
  ...PARTITION_WORK.map((work) => done(work, outputOf(work))),
  done('confirmDrop', false),
  ...PARTITION_WORK.map((work) => failed(work)),
  after('backoff', 'partition.WaitingToDrop'),
  after('backoff', 'partition.Dropping.WaitingForGarbage'),
  after('backoff', 'partition.WaitingToUndo'),
  after('backoff', 'partition.WaitingToAnnounce'),
];

/** One path for every edge that can be reached from a partition in this state. */
export const partitionPaths = (state: LifecycleState, origin: PartitionOrigin): PlayedPath[] =>
  pathsOf(partitionMachine, {
    input: { subject: aSubject(state), origin },
    events: EVENTS,
    // Steps run again tell nothing: a way through them is another than the first.
    distinguish: ({ context }) => `${context.subject.partition.state} ${context.attempt > 0}`,
  });
