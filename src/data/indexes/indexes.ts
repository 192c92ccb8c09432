import { CoordError } from '../../domain/errors.js';
import type { CollectionId, IndexId } from '../../domain/ids.js';
import {
  alterIndex,
  checkAlteration,
  type IndexAlteration,
} from '../../domain/indexes/alter-index.js';
import { plainPairs } from '../../domain/indexes/index-params.js';
import type { IndexDefinition, IndexRecord } from '../../domain/indexes/index-record.js';
import { fieldById } from '../../domain/indexes/indexed-field.js';
import { planCreateIndex } from '../../domain/indexes/plan-create-index.js';
import { OrderedWork } from '../../domain/ordered-work.js';
import type { Timestamp } from '../../domain/timestamp.js';
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
}

export interface CreateIndexCommand extends IndexDefinition {
  readonly collectionId: CollectionId;
  /** When the request was made; 0 asks for a timestamp of this moment. */
  readonly at: bigint;
}

export interface AlterIndexCommand extends IndexAlteration {
  readonly collectionId: CollectionId;
  readonly name: string;
}

export interface DropIndexCommand extends IndexQuery {
  /** Several may be meant. */
  readonly dropAll: boolean;
}

/**
 * Indexes as DataCoord's callers see them (facts/datacoord §16). The DDL of one collection is done
 * in the order it was asked for, and settles when it is durable and visible. The end of the
 * collection is one of them: an index is created before it, and goes with it, or is refused.
 */
export class Indexes extends IndexReader {
  readonly #rootCoord: RootCoordPeer;
  readonly #writer: IndexWriter;
  readonly #work = new OrderedWork<CollectionId>();

  constructor(deps: IndexesDeps) {
    super(deps);
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
      const records = this.find(command);
      if (records.length > 1 && !command.dropAll) throw indexAmbiguous(command);
      await this.#writer.remove(command.collectionId, records);
    });
  }

  /** The collection is going for good. */
  dropAll(collectionId: CollectionId): Promise<void> {
    return this.drop({ collectionId, name: '', dropAll: true });
  }

  /** Takes no more DDL and settles when what was taken is done. */
  drain(): Promise<void> {
    return this.#work.drain();
  }

  async #create(command: CreateIndexCommand): Promise<IndexRecord> {
    const { collectionId, fieldId } = command;
    const collection = await this.#rootCoord.collection(collectionId);
    if (!collection) throw CoordError.of('CollectionNotFound', { collection: collectionId });
    const field = fieldById(collection.schema, fieldId);
    if (!field) throw CoordError.of('FieldNotFound', { fieldID: fieldId });
    const plan = planCreateIndex(this.find({ collectionId, name: '' }), command, field.name);
    if (plan.kind === 'there') {
      if (plan.after !== plan.before) await this.#writer.put(plan.after);
      return plan.after;
    }
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
    return record;
  }

  async #createdAt({ at }: CreateIndexCommand): Promise<Timestamp> {
    return at === 0n ? this.#rootCoord.allocateTimestamp() : (at as Timestamp);
  }
}
