import type { DdlCommand } from '../../../src/root/ddl/commands.js';
import type { Scenario } from '../crash-scenario.js';
import {
  aliasLives,
  collectionAlterations,
  collectionFunctions,
  databaseLives,
  renames,
} from './alterations.js';
import {
  collectionLives,
  keptCollections,
  keptPartitions,
  partitionLives,
  sweptCollections,
  tooManyDrops,
  wideCollections,
} from './lifecycles.js';
import { everythingAtOnce } from './together.js';

const PLAIN: readonly Scenario[] = [
  collectionLives,
  wideCollections,
  partitionLives,
  aliasLives,
  databaseLives,
  collectionAlterations,
  collectionFunctions,
  renames,
  keptCollections,
  sweptCollections,
  keptPartitions,
  tooManyDrops,
  everythingAtOnce,
];

/**
 * Lives in which everything is done that RootCoord can be asked for, without idempotency keys and
 * with them.
 */
export const SCENARIOS: readonly Scenario[] = [...PLAIN, ...PLAIN.map(keyed)];

function keyed(scenario: Scenario): Scenario {
  return { ...scenario, name: `${scenario.name}, keyed`, isKeyed: true, leaves: ['outcomes'] };
}

/**
 * What the journal says once a command was done, so that a test can see that the scenarios drive
 * all there are. A command that is not listed here does not compile.
 */
export const OPERATIONS_OF: Readonly<Record<DdlCommand['kind'], readonly string[]>> = {
  createCollection: ['collection.creating'],
  dropCollection: ['collection.dropping', 'alias.dropped'],
  undropCollection: ['collection.undropped', 'alias.created'],
  alterCollection: ['collection.altered'],
  alterCollectionField: ['collection.fieldAltered'],
  addCollectionField: ['collection.fieldAdded'],
  truncateCollection: ['collection.truncated'],
  addCollectionFunction: ['collection.functionAdded'],
  alterCollectionFunction: ['collection.functionAltered'],
  dropCollectionFunction: ['collection.functionDropped'],
  renameCollection: ['collection.renamed'],
  createPartition: ['partition.creating'],
  dropPartition: ['partition.dropping'],
  undropPartition: ['partition.undropped'],
  createDatabase: ['database.created'],
  dropDatabase: ['database.dropped'],
  alterDatabase: ['database.altered'],
  createAlias: ['alias.created'],
  dropAlias: ['alias.dropped'],
  alterAlias: ['alias.altered'],
  markCreated: ['collection.created'],
  confirmDrop: ['collection.final'],
  purgeCollection: ['collection.dropped', 'collection.undone'],
  markPartitionCreated: ['partition.created'],
  confirmPartitionDrop: ['partition.final'],
  purgePartition: ['partition.dropped', 'partition.undone'],
};
