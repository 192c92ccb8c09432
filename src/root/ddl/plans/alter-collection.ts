import { addField } from '../../../domain/add-field.js';
import { alterCollectionProperties } from '../../../domain/alter-collection.js';
import { alterField } from '../../../domain/alter-field.js';
import { addFunction, alterFunction, dropFunction } from '../../../domain/alter-functions.js';
import type { Alteration } from '../../../domain/alteration.js';
import { CoordError } from '../../../domain/errors.js';
import { unreachable } from '../../../domain/invariant.js';
import { checkChangeWhileLoaded } from '../../../domain/loads/loaded-rules.js';
import { checkPropertyChange } from '../../../domain/property-changes.js';
import type { CollectionRecord } from '../../../domain/records.js';
import { truncateCollection } from '../../../domain/truncate-collection.js';
import type { CatalogView } from '../../catalog/catalog-view.js';
import { writeDifference } from '../../catalog/collection.codec.js';
import type { AlterationCommand } from '../alteration-commands.js';
import { NOTHING_TO_DO, type Plan, type PlanRules, stampChange, type TaskStamp } from '../plan.js';
import { findCollection } from './find-collection.js';

/** What each alteration is called in the journal. */
const OPERATIONS = {
  alterCollection: 'collection.altered',
  alterCollectionField: 'collection.fieldAltered',
  addCollectionField: 'collection.fieldAdded',
  truncateCollection: 'collection.truncated',
  addCollectionFunction: 'collection.functionAdded',
  alterCollectionFunction: 'collection.functionAltered',
  dropCollectionFunction: 'collection.functionDropped',
} as const satisfies Record<AlterationCommand['kind'], string>;

/**
 * Changes a collection where it stands, as the rules of the domain say (facts/rootcoord §5.6). A
 * change that leaves everything as it was is a success.
 *
 * @throws CoordError `DatabaseNotFound`, `CollectionNotFound`, and what the rules refuse.
 */
export function planAlteration(
  catalog: CatalogView,
  command: AlterationCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  checkRequest(command);
  const before = findCollection(catalog, command);
  checkLoaded(before, command, rules);
  const after = alter(before, command, { limits: rules.schemaLimits, at: stamp.timestamp });
  if (after === before) return NOTHING_TO_DO;
  return planReplacement(before, after, rules, stamp, OPERATIONS[command.kind]);
}

/** Writes what differs between two versions of a collection and lets everybody know. */
export function planReplacement(
  before: CollectionRecord,
  after: CollectionRecord,
  { keys }: PlanRules,
  stamp: TaskStamp,
  operation: string,
): Plan {
  return {
    kind: 'commit',
    changes: [{ ...stampChange(stamp, operation), kind: 'collection', before, after }],
    writes: writeDifference(keys, before, after),
    children: [],
    order: 'parentFirst',
    followUp: { kind: 'summon', record: after, origin: 'alteration' },
  };
}

/** What Milvus refuses before it looks for the collection (facts/rootcoord §5.6). */
function checkRequest(command: AlterationCommand): void {
  const { kind, collectionName } = command;
  if (kind === 'alterCollection') {
    if (collectionName === '') {
      throw CoordError.plain('alter collection failed, collection name does not exists');
    }
    checkPropertyChange(command, 'collection');
  }
  if (kind === 'alterCollectionField') {
    if (collectionName === '') {
      throw CoordError.plain('alter collection field failed, collection name does not exists');
    }
    if (command.fieldName === '') {
      throw CoordError.plain('alter collection field failed, filed name does not exists');
    }
  }
}

/** In Milvus only proxies ask; judged with the plan it counts for every way in. */
function checkLoaded(
  { id, name }: CollectionRecord,
  command: AlterationCommand,
  { loads }: PlanRules,
): void {
  if (command.kind !== 'alterCollection' && command.kind !== 'alterCollectionField') return;
  if (loads.isCollectionLoaded(id)) checkChangeWhileLoaded(name, command);
}

/** The record as the command leaves it. */
function alter(
  record: CollectionRecord,
  command: AlterationCommand,
  alteration: Alteration,
): CollectionRecord {
  switch (command.kind) {
    case 'alterCollection':
      return alterCollectionProperties(record, command, alteration);
    case 'alterCollectionField':
      return alterField(record, command.fieldName, command, alteration);
    case 'addCollectionField':
      return addField(record, command.field, alteration);
    case 'truncateCollection':
      return truncateCollection(record, alteration.at);
    case 'addCollectionFunction':
      return addFunction(record, command.fn, alteration);
    case 'alterCollectionFunction':
      return alterFunction(record, command.functionName, command.fn, alteration);
    case 'dropCollectionFunction':
      return dropFunction(record, command.functionName, alteration.at);
    default:
      return unreachable(command);
  }
}
