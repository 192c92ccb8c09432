import { RETRIES_MS, refused, rest, type Scenario, step, together } from '../crash-scenario.js';
import {
  createAlias,
  createCollection,
  createPartition,
  createPartitioned,
  dropCollection,
  dropPartition,
  undropCollection,
  undropPartition,
} from './commands.js';

/** Collections and partitions: they come into being, go, and come back. */

/** With drops that are final at once. */
export const collectionLives: Scenario = {
  name: 'collections are created and dropped',
  before: [],
  steps: [
    step('a plain one', createCollection('plain')),
    step('it goes', dropCollection('plain')),
    step('its name again', createCollection('plain')),
    step('and again, which is nothing', createCollection('plain')),
    step('nobody watches the channels', refused(createCollection('doomed'), 'ServiceUnavailable'), {
      isRetryable: false,
      arrange: (world) => {
        world.refuseNext('watchChannels', 1);
        world.refuseNext('unwatchChannels', 1);
      },
      restMs: RETRIES_MS,
    }),
    together('three at once', [
      [['left'], createCollection('left')],
      [['plain'], dropCollection('plain')],
      [['right'], createCollection('right')],
    ]),
    step('aliases go with theirs: one', createAlias('l', 'left')),
    step('and two', createAlias('also_l', 'left')),
    step('the drop stumbles at each peer', dropCollection('left'), {
      arrange: (world) => {
        world.refuseNext('releaseCollection', 1);
        world.refuseNext('dropIndexes', 1);
        world.refuseNext('isGarbageCollected', 1);
      },
      restMs: RETRIES_MS,
    }),
  ],
};

/** The record and its keys need several commits, both ways. */
export const wideCollections: Scenario = {
  name: 'a collection of many partitions is created and dropped',
  operationsMax: 32,
  before: [step('another one', createCollection('plain'))],
  steps: [
    step('created in several commits', createPartitioned('wide', 100)),
    step('dropped in one and purged in several', dropCollection('wide'), { restMs: 100 }),
    step('its name again', createPartitioned('wide', 40)),
  ],
};

export const partitionLives: Scenario = {
  name: 'partitions are created and dropped',
  before: [step('a collection', createCollection('c')), step('its alias', createAlias('a', 'c'))],
  steps: [
    step('one', createPartition('p')),
    step('again, which is nothing', createPartition('p')),
    step('by an alias', createPartition('q', 'a')),
    step('it goes', dropPartition('p')),
    step('its name again', createPartition('p')),
    step('QueryCoord has no time', refused(createPartition('r'), 'ServiceUnavailable'), {
      isRetryable: false,
      arrange: (world) => {
        world.refuseNext('syncPartition', 1);
        world.refuseNext('releasePartition', 1);
      },
      restMs: RETRIES_MS,
    }),
    step('the drop stumbles at each peer', dropPartition('q'), {
      arrange: (world) => {
        world.refuseNext('releasePartition', 1);
        world.refuseNext('isGarbageCollected', 1);
      },
      restMs: RETRIES_MS,
    }),
    step('the collection goes with it', dropCollection('c')),
  ],
};

const KEEP_MS = 4_000;
const FINAL_MS = KEEP_MS + 200;

export const keptCollections: Scenario = {
  name: 'dropped collections come back or become final',
  keepMs: KEEP_MS,
  before: [
    step('a collection', createCollection('c')),
    step('a partition', createPartition('p')),
    step('aliases: one', createAlias('a', 'c')),
    step('and two', createAlias('b', 'c')),
  ],
  steps: [
    step('it goes', dropCollection('c')),
    step('it comes back with its aliases', undropCollection('c')),
    step('it goes again', dropCollection('c'), { restMs: 300 }),
    step('another takes its name', createCollection('c')),
    step('it cannot come back under it', refused(undropCollection('c'), 'Unexpected')),
    step('it comes back under another', undropCollection('c', 'd'), {
      arrange: (world) => world.refuseNext('broadcastAltered', 1),
      restMs: RETRIES_MS,
    }),
    step('it goes for good', dropCollection('d')),
    rest(FINAL_MS),
    step('it cannot come back', refused(undropCollection('d'), 'CollectionNotFound')),
  ],
};

/** The sweeper has been there at least once. */
const SWEPT_MS = 5_200;

/** Whoever waits for nothing but the time is dismissed; the sweeper has to see to it. */
export const sweptCollections: Scenario = {
  name: 'dropped collections nobody waits for become final',
  keepMs: KEEP_MS,
  residentMax: 1,
  operationsMax: 32,
  before: [
    step('one', createCollection('c')),
    step('another', createPartitioned('wide', 40)),
    step('a third', createCollection('d')),
  ],
  steps: [
    step('one goes', dropCollection('wide')),
    step('another', dropCollection('c')),
    step('a third', dropCollection('d')),
    rest(SWEPT_MS),
  ],
};

/** Of more drops than may be kept the oldest become final, long before their time. */
export const tooManyDrops: Scenario = {
  name: 'more is dropped than may be kept',
  keepMs: 60_000,
  keptMax: 1,
  residentMax: 1,
  before: [
    step('one', createCollection('c')),
    step('another', createCollection('d')),
    step('a third with partitions', createCollection('e')),
    step('one', createPartition('p', 'e')),
    step('another', createPartition('q', 'e')),
  ],
  steps: [
    step('one goes', dropCollection('c')),
    step('a partition', dropPartition('p', 'e')),
    step('another partition', dropPartition('q', 'e')),
    step('another', dropCollection('d'), { restMs: SWEPT_MS }),
    step('the first is final', refused(undropCollection('c'), 'CollectionNotFound')),
    step('the second comes back', undropCollection('d')),
    step('the first partition is final', refused(undropPartition('p', 'e'), 'PartitionNotFound')),
    step('the second comes back', undropPartition('q', 'e')),
  ],
};

export const keptPartitions: Scenario = {
  name: 'dropped partitions come back or become final',
  keepMs: KEEP_MS,
  before: [step('a collection', createCollection('c')), step('a partition', createPartition('p'))],
  steps: [
    step('it goes', dropPartition('p')),
    step('it comes back', undropPartition('p')),
    step('it goes again', dropPartition('p')),
    step('another takes its name', createPartition('p')),
    step('it cannot come back', refused(undropPartition('p'), 'Unexpected')),
    step('the other one goes, too', dropPartition('p'), {
      arrange: (world) => world.refuseNext('releasePartition', 1),
      restMs: 500,
    }),
    step('the collection goes with both', dropCollection('c')),
    step('and comes back', undropCollection('c')),
    step('the newer one comes back', undropPartition('p')),
    rest(FINAL_MS),
    step('the older one is gone', refused(undropPartition('p'), 'PartitionNotFound')),
  ],
};
