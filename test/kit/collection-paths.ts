import {
  type CollectionOrigin,
  collectionMachine,
} from '../../machines/root/collection.machine.js';
import type { LifecycleState } from '../../src/domain/records.js';
import { after, done, failed, type PlayedPath, pathsOf } from './machine-paths.js';
import { aRecord } from './records.js';

/** The paths of the collection machine, for whoever plays them: the machine alone or a server. */

/** Every piece of work the machine asks for. */
export const COLLECTION_WORK = [
  'watchChannels',
  'commitCreated',
  'expireCaches',
  'unwatchChannels',
  'releaseCollection',
  'dropIndexes',
  'confirmGarbageCollected',
  'purgeRecord',
] as const;

export type CollectionWork = (typeof COLLECTION_WORK)[number];

export const CREATED = aRecord({ state: 'Created' });
export const DROPPING = aRecord({ state: 'Dropping' });

const EVENTS = [
  { type: 'collection.drop', record: DROPPING },
  ...COLLECTION_WORK.map((work) => done(work, work === 'commitCreated' ? CREATED : undefined)),
  ...COLLECTION_WORK.map((work) => failed(work)),
  after('backoff', 'collection.WaitingToDrop'),
  after('backoff', 'collection.WaitingToUndo'),
];

/** One path for every edge that can be reached from a record in this state. */
export const collectionPaths = (state: LifecycleState, origin: CollectionOrigin): PlayedPath[] =>
  pathsOf(collectionMachine, {
    input: { record: aRecord({ state }), origin },
    events: EVENTS,
    distinguish: ({ context }) => context.record.state,
  });
