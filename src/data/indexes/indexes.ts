import { CoordError } from '../../domain/errors.js';
import type { CollectionId, IndexId } from '../../domain/ids.js';
import {
  alterIndex,
  checkAlteration,
  type IndexAlteration,
} from '../../domain/indexes/alter-index.js';
import { effectiveParams, INDEX_TYPE, plainPairs } from '../../domain/indexes/index-params.js';
import type { IndexDefinition, IndexRecord } from '../../domain/indexes/index-record.js';
import { fieldById } from '../../domain/indexes/indexed-field.js';
import { planCreateIndex, type TakenWords } from '../../domain/indexes/plan-create-index.js';
import { OrderedWork } from '../../domain/ordered-work.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { IndexNodes } from '../../ports/index-nodes.js';
import type { RootCoordPeer } from '../../ports/peers.js';
import type { IndexQuery } from './index-reader.js';
import {
  IndexReader,
  type IndexReaderDeps,
  indexAmbiguous,
  indexNotFound,
} from './index-reader.js';
import { IndexWriter, type IndexWriterDeps } from './index-writer.js';

export interface IndexesDeps extends IndexReaderDeps, IndexWriterDeps {
  readonly rootCoord: RootCoordPeer;
  readonly nodes: Pick<IndexNodes, 'hasDisk'>;
  /** Indexes came or went; called when that is durable. */
  readonly onChanged: (collectionId: CollectionId) => void;
}

export interface CreateIndexCommand extends IndexDefinition {
  readonly collectionId: CollectionId;
  /** When the request was made; 0 asks for a timestamp of this moment. */
  readonly at: bigint;
  /** Other words for a name or field that is taken than DataCoord's own. */
  readonly taken?: TakenWords;
}

/** Asked when the request's turn has come; what it throws is the refusal. */
export type IndexPrecondition = () => Promise<void>;

interface Conditional {
  readonly precondition?: IndexPrecondition;
}

export interface AlterIndexCommand extends IndexAlteration, Conditional {
  readonly collectionId: CollectionId;
  readonly name: string;
}

export interface DropIndexCommand extends IndexQuery, Conditional {
  /** Several may be meant. */
  readonly dropAll: boolean;
}

/**
 * Indexes as DataCoord's callers see them (facts/datacoord §16). The DDL of one collection is done
 * in the order it was asked for, and settles when it is durable and visible. The end of the
 * collection is one of them: an index is created before it, and goes with it, or is refused.
 */
export class Indexes extends IndexReader {
  readonly #deps: IndexesDeps;
  readonly #rootCoord: RootCoordPeer;
  readonly #writer: IndexWriter;
  readonly #work = new OrderedWork<CollectionId>();

  constructor(deps: IndexesDeps) {
    super(deps);
    this.#deps = deps;
    this.#rootCoord = deps.rootCoord;
    this.#writer = new IndexWriter(deps);
  }

  /**
   * The index, new or there already.
   *
   * @throws CoordError `CollectionNotFound`, `FieldNotFound`, and every refusal of facts/datacoord
   * §16.2.
   */
  create(command: CreateIndexCommand): Promise<IndexRecord> {
    return this.#work.run(command.collectionId, () => this.#create(command));
  }

  /** @throws CoordError `ParameterInvalid`, `IndexNotFound` (facts/datacoord §16.5). */
  async alter(command: AlterIndexCommand): Promise<void> {
    if (command.name === '') throw CoordError.invalid('index name is empty');
    checkAlteration(command);
    await this.#work.run(command.collectionId, async () => {
      await command.precondition?.();
      const records = this.find(command);
      if (records.length === 0) throw indexNotFound(command);
      for (const before of records) {
        const after = alterIndex(before, command);
        if (after !== before) await this.#writer.put(after);
      }
    });
  }

  /**
   * Dropping what is not there succeeds.
   *
   * @throws CoordError `IndexDuplicate` when several are meant and not all asked for (§16.6).
   */
  drop(command: DropIndexCommand): Promise<void> {
    return this.#work.run(command.collectionId, async () => {
      await command.precondition?.();
      const records = this.find(command);
      if (records.length > 1 && !command.dropAll) throw indexAmbiguous(command);
      await this.#writer.remove(command.collectionId, records);
      if (records.length > 0) this.#deps.onChanged(command.collectionId);
    });
  }

  /** The collection is going for good. */
  dropAll(collectionId: CollectionId): Promise<void> {
    return this.drop({ collectionId, name: '', dropAll: true });
  }

  /** Does work that relies on the collection's indexes: none comes or goes until it is done. */
  whileIndexed(
    collectionId: CollectionId,
    work: (indexes: readonly IndexRecord[]) => Promise<void>,
  ): Promise<void> {
    return this.#work.run(collectionId, () => work(this.find({ collectionId, name: '' })));
  }

  /** Takes no more DDL and settles when what was taken is done. */
  drain(): Promise<void> {
    return this.#work.drain();
  }

  /** Takes no more DDL and refuses what has not begun. */
  close(): void {
    this.#work.close();
  }

  async #create(command: CreateIndexCommand): Promise<IndexRecord> {
    const { collectionId, fieldId } = command;
    const collection = await this.#rootCoord.collection(collectionId);
    if (!collection) throw CoordError.of('CollectionNotFound', { collection: collectionId });
    const field = fieldById(collection.schema, fieldId);
    if (!field) throw CoordError.of('FieldNotFound', { fieldID: fieldId });
    const others = this.find({ collectionId, name: '' });
    const plan = planCreateIndex(others, command, field.name, command.taken);
    if (plan.kind === 'there') {
      if (plan.after !== plan.before) await this.#writer.put(plan.after);
      return plan.after;
    }
    checkBuildable(command, this.#deps.nodes);
    const record: IndexRecord = {
      id: (await this.#rootCoord.allocateId()) as IndexId,
      collectionId,
      fieldId,
      name: plan.name,
      typeParams: plainPairs(command.typeParams),
      indexParams: plainPairs(command.indexParams),
      userIndexParams: plainPairs(command.userIndexParams),
      isAutoIndex: command.isAutoIndex,
      createdAt: await this.#createdAt(command),
    };
    await this.#writer.put(record);
    this.#deps.onChanged(collectionId);
    return record;
  }

  async #createdAt({ at }: CreateIndexCommand): Promise<Timestamp> {
    return at === 0n ? this.#rootCoord.allocateTimestamp() : (at as Timestamp);
  }
}

/** Its index stays on disk. */
const DISK_INDEX = 'DISKANN';

/** @throws CoordError `IndexNotSupported` for a disk index no node can build (§16.2). */
function checkBuildable(
  { indexParams }: IndexDefinition,
  nodes: Pick<IndexNodes, 'hasDisk'>,
): void {
  const indexType = effectiveParams(indexParams).get(INDEX_TYPE);
  if (indexType === DISK_INDEX && !nodes.hasDisk) {
    throw CoordError.of('IndexNotSupported', { indexType });
  }
}
