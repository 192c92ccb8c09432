import {
  type CollectionEvent,
  type CollectionOrigin,
  collectionMachine,
} from '../../machines/root/collection.machine.js';
import type { LifecycleState } from '../../src/domain/records.js';
import {
  after,
  done,
  failed,
  type PlayedEvent,
  type PlayedPath,
  pathsOf,
} from './machine-paths.js';
import { aRecord } from './records.js';

/** The paths of the collection machine, for whoever plays them: the machine alone or a server. */

/** Every piece of work the machine asks for. */
export const COLLECTION_WORK = [
  'sendCreate',
  'sendDrop',
  'watchChannels',
  'commitCreated',
  'expireCaches',
  'announceAltered',
  'unwatchChannels',
  'releaseCollection',
  'waitWhileKept',
  'confirmDrop',
  'dropIndexes',
  'confirmGarbageCollected',
  'purgeRecord',
] as const;

export type CollectionWork = (typeof COLLECTION_WORK)[number];

export const CREATED = aRecord({ state: 'Created' });
/** As it is to be committed once its create is on the channels. */
export const STARTED = aRecord({ state: 'Creating' });
export const DROPPING = aRecord({ state: 'Dropping' });
export const ALTERED = aRecord({ state: 'Created', properties: [{ key: 'k', value: 'v' }] });

/** Every command, with the record it comes with. */
export const COLLECTION_COMMANDS: readonly CollectionEvent[] = [
  { type: 'collection.drop', record: DROPPING },
  { type: 'collection.alter', record: ALTERED },
  { type: 'collection.undrop', record: CREATED },
  { type: 'collection.sweep', record: DROPPING },
];

/** What work comes to when all is well. */
function outputOf(work: (typeof COLLECTION_WORK)[number]): unknown {
  if (work === 'sendCreate') return STARTED;
  if (work === 'commitCreated') return CREATED;
  return work === 'confirmDrop' ? true : undefined;
}

const EVENTS: readonly PlayedEvent[] = [
  ...COLLECTION_COMMANDS,
  ...COLLECTION_WORK.map((work) => done(work, outputOf(work))),
  done('confirmDrop', false),
  ...COLLECTION_WORK.map((work) => failed(work)),
  after('backoff', 'collection.WaitingToDrop'),
  after('backoff', 'collection.Dropping.WaitingForGarbage'),
  after('backoff', 'collection.WaitingToUndo'),
  after('backoff', 'collection.WaitingToAnnounce'),
];

/** One path for every edge that can be reached from a record in this state by events played. */
export const collectionPaths = (
  state: LifecycleState,
  origin: CollectionOrigin,
  isPlayed: (event: PlayedEvent) => boolean = () => true,
): PlayedPath[] =>
  pathsOf(collectionMachine, {
    input: { record: aRecord({ state }), origin },
    events: EVENTS.filter(isPlayed),
    // Steps run again tell nothing: a way through them is another than the first.
    distinguish: ({ context }) => `${context.record.state} ${context.attempt > 0}`,
  });
