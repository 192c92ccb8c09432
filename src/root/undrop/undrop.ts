import { CoordError } from '../../domain/errors.js';
import { checkCollectionName } from '../../domain/names.js';
import type { CollectionRecord, PartitionRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { Asker } from '../asker.js';
import type { Catalog } from '../catalog/catalog.js';
import { byNameNow, type CatalogReader } from '../catalog/catalog-reader.js';
import { isKeptDrop } from '../catalog/catalog-totals.js';
import type { History } from '../catalog/history.js';
import type { DdlSupervisor } from '../ddl/ddl-supervisor.js';
import type { PlanRules } from '../ddl/plan.js';
import type { UndropCollectionCommand } from '../ddl/undrop-commands.js';

export interface UndropDeps {
  readonly ddl: DdlSupervisor;
  readonly catalog: Catalog;
  readonly history: History;
  readonly reader: CatalogReader;
  readonly rules: Pick<PlanRules, 'schemaLimits'>;
}

export interface UndropCollectionRequest {
  readonly databaseName: string;
  /** Of several dropped under one name the newest is meant. */
  readonly collectionName: string;
  /** Instead of the name, when it is not 0. */
  readonly collectionId: bigint;
  /** Empty for the name it had. */
  readonly newName: string;
}

export interface UndropPartitionRequest {
  readonly databaseName: string;
  readonly collectionName: string;
  readonly partitionName: string;
  /** Instead of the name, when it is not 0. */
  readonly partitionId: bigint;
}

export interface UndroppedCollection {
  readonly id: bigint;
  /** Aliases that could not come back because their names are taken. */
  readonly aliasesLost: readonly string[];
}

/** Takes drops back for as long as they are kept (`rootstock.undrop.keepSeconds`). */
export class Undrop {
  readonly #deps: UndropDeps;

  constructor(deps: UndropDeps) {
    this.#deps = deps;
  }

  /** Settles when the collection is visible again. @throws CoordError every refusal of its plan. */
  async collection(request: UndropCollectionRequest, asker: Asker): Promise<UndroppedCollection> {
    const { ddl, rules, history } = this.#deps;
    // Once it is back there is no drop left to find.
    const recorded = ddl.recorded(asker);
    if (recorded) return { id: recorded.objectId, aliasesLost: recorded.aliasesLost };
    const newName =
      request.newName === ''
        ? ''
        : checkCollectionName(request.newName, rules.schemaLimits.maxNameLength);
    const found = this.#findCollection(request);
    const command = this.#commandFor(found, request.databaseName, newName);
    const undropped = await ddl.submit(command, asker);
    if (!undropped) return { id: found.id, aliasesLost: [] };
    // As of the undrop itself: whatever happened to aliases since is not its doing.
    const restored = history
      .aliasesOf(undropped.id, undropped.databaseId, undropped.updatedAt)
      .map(({ name }) => name);
    const aliasesLost = command.aliases.filter((name) => !restored.includes(name));
    return { id: undropped.id, aliasesLost };
  }

  /** Settles when the partition is visible again. @throws CoordError every refusal of its plan. */
  async partition(request: UndropPartitionRequest, asker: Asker): Promise<bigint> {
    const { ddl, reader, rules, history } = this.#deps;
    const recorded = ddl.recorded(asker);
    if (recorded) return recorded.objectId;
    const { databaseName, partitionName } = request;
    const collectionName = checkCollectionName(
      request.collectionName,
      rules.schemaLimits.maxNameLength,
    );
    const collection = reader.collection(byNameNow({ databaseName, collectionName }));
    const found = this.#findPartition(collection, request);
    if (!found) {
      throw CoordError.of(
        'PartitionNotFound',
        { collection: collectionName, partition: partitionName || request.partitionId },
        'no dropped partition of this name or id is kept',
      );
    }
    const { id: partitionId, name } = found;
    await ddl.submit(
      {
        kind: 'undropPartition',
        databaseName,
        collectionName,
        partitionName: name,
        partitionId,
        droppedAt: history.partitionDroppedAt(partitionId),
      },
      asker,
    );
    return partitionId;
  }

  #findCollection(request: UndropCollectionRequest): CollectionRecord {
    const { databaseName, collectionName, collectionId } = request;
    const { reader, catalog } = this.#deps;
    const database = reader.database(databaseName, 0n);
    if (collectionName === '' && collectionId === 0n) {
      throw CoordError.invalid('neither the name nor the id of a collection is given');
    }
    let newest: CollectionRecord | undefined;
    const candidates = collectionId === 0n ? catalog.keptCollections() : this.#withId(collectionId);
    for (const record of candidates) {
      const isMeant = collectionId !== 0n || record.name === collectionName;
      if (record.databaseId !== database.id || !isMeant) continue;
      if (!newest || record.updatedAt > newest.updatedAt) newest = record;
    }
    if (newest) return newest;
    throw CoordError.of(
      'CollectionNotFound',
      { database: databaseName, collection: collectionId || collectionName },
      'no dropped collection of this name or id is kept',
    );
  }

  #withId(id: bigint): CollectionRecord[] {
    const record = this.#deps.catalog.collectionById(id as CollectionRecord['id']);
    return record ? [record] : [];
  }

  #commandFor(
    record: CollectionRecord,
    databaseName: string,
    newName: string,
  ): UndropCollectionCommand {
    const { id, databaseId, name, updatedAt: droppedAt } = record;
    const { history } = this.#deps;
    const justBefore = (droppedAt - 1n) as Timestamp;
    return {
      kind: 'undropCollection',
      databaseName,
      collectionName: name,
      collectionId: id,
      newName,
      droppedAt,
      lastSeen: history.collections.byId(id, justBefore),
      aliases: history.aliasesOf(id, databaseId, justBefore).map((alias) => alias.name),
    };
  }

  /** By name only dropped ones; of several the one dropped last. */
  #findPartition(
    { partitions }: CollectionRecord,
    { partitionName, partitionId }: UndropPartitionRequest,
  ): PartitionRecord | undefined {
    if (partitionId !== 0n) return partitions.find(({ id }) => id === partitionId);
    const { history } = this.#deps;
    const droppedAt = ({ id }: PartitionRecord): bigint => history.partitionDroppedAt(id) ?? 0n;
    let newest: PartitionRecord | undefined;
    for (const each of partitions) {
      if (each.name !== partitionName || !isKeptDrop(each)) continue;
      if (!newest || droppedAt(each) > droppedAt(newest)) newest = each;
    }
    return newest;
  }
}
