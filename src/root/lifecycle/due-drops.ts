import type { CollectionId } from '../../domain/ids.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Catalog } from '../catalog/catalog.js';
import { keptPartitionsOf } from '../catalog/catalog-totals.js';
import type { History, PartitionDrop } from '../catalog/history.js';
import type { PlanRules } from '../ddl/plan.js';
import { finalAtMs } from './kept-drops.js';

/** What decides how long a drop is kept. */
export type KeepRules = Pick<PlanRules, 'undropKeepMs' | 'keptMax' | 'keptPartitionsMax'>;

/** Kept drops that are to become final: those whose time is over, and the oldest of too many. */
export function dueCollections(
  catalog: Catalog,
  { undropKeepMs, keptMax }: KeepRules,
  nowMs: number,
): CollectionRecord[] {
  const due: CollectionRecord[] = [];
  const surplus = catalog.countKeptCollections() - keptMax;
  for (const record of catalog.keptCollections()) {
    const isOver = finalAtMs(record.updatedAt, undropKeepMs) <= nowMs;
    // They are in order of their drops: none behind is due, either.
    if (!isOver && due.length >= surplus) break;
    due.push(record);
  }
  return due;
}

/** The same for partitions of collections that are there, of which each may hold on to so many. */
export function duePartitions(
  catalog: Catalog,
  history: History,
  rules: KeepRules,
  nowMs: number,
): PartitionDrop[] {
  const due: PartitionDrop[] = [];
  const surplus = catalog.countKeptPartitions() - rules.keptMax;
  const surplusIn = new Map<CollectionId, number>();
  for (const drop of history.partitionDrops()) {
    const collection = catalog.collectionById(drop.collectionId);
    if (collection?.state !== 'Created') continue;
    const own = surplusIn.get(collection.id) ?? ownSurplus(collection, rules);
    const isOver = finalAtMs(drop.droppedAt, rules.undropKeepMs) <= nowMs;
    const isDue = isOver || own > 0 || due.length < surplus;
    surplusIn.set(collection.id, isDue ? own - 1 : own);
    if (isDue) due.push(drop);
  }
  return due;
}

const ownSurplus = (collection: CollectionRecord, { keptPartitionsMax }: KeepRules): number =>
  keptPartitionsOf(collection) - keptPartitionsMax;
