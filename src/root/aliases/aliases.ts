import { CoordError } from '../../domain/errors.js';
import type { CollectionRecord } from '../../domain/records.js';
import { refusal } from '../../domain/refusals.js';
import type { Asker, Request } from '../asker.js';
import { byNameNow, type CatalogReader } from '../catalog/catalog-reader.js';
import type {
  AlterAliasCommand,
  CreateAliasCommand,
  DropAliasCommand,
} from '../ddl/alias-commands.js';
import type { DdlSupervisor } from '../ddl/ddl-supervisor.js';

export interface AliasesDeps {
  readonly ddl: DdlSupervisor;
  readonly reader: CatalogReader;
}

/** Requests about aliases name no moment: they are about the present. */
const NOW = 0n;

/**
 * Aliases as RootCoord's callers see them (facts/rootcoord §7). Changes settle when no proxy
 * remembers what was before.
 */
export class Aliases {
  readonly #deps: AliasesDeps;

  constructor(deps: AliasesDeps) {
    this.#deps = deps;
  }

  /** Creating what is there already succeeds. @throws CoordError every refusal of §7. */
  async create(command: Request<CreateAliasCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'createAlias' }, asker);
  }

  /** Dropping what is not there succeeds. @throws CoordError `DatabaseNotFound`. */
  async drop(command: Request<DropAliasCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'dropAlias' }, asker);
  }

  /** Moves an alias to another collection. @throws CoordError every refusal of §7. */
  async alter(command: Request<AlterAliasCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'alterAlias' }, asker);
  }

  /**
   * The collection an alias means.
   *
   * @throws CoordError `ParameterMissing` for an empty alias, `DatabaseNotFound`, `AliasNotFound`,
   * `AliasCollectionIdNotFound`.
   */
  describe(databaseName: string, alias: string): CollectionRecord {
    if (alias === '') {
      throw refusal('ParameterMissing', 'no input alias', { missing_param: 'alias' });
    }
    const { reader } = this.#deps;
    const record = reader.findAlias(reader.database(databaseName, NOW), alias, NOW);
    if (!record) throw CoordError.of('AliasNotFound', { database: databaseName, alias });
    const { collectionId } = record;
    const target = reader.findCollection({
      databaseName,
      collectionName: '',
      collectionId,
      at: NOW,
    });
    if (target) return target;
    throw CoordError.of('AliasCollectionIdNotFound', { collectionID: collectionId });
  }

  /**
   * Aliases of one collection, which its own name must say, or of all when the name is empty.
   *
   * @throws CoordError `DatabaseNotFound`, `CollectionNotFound`.
   */
  list(databaseName: string, collectionName: string): readonly string[] {
    const { reader } = this.#deps;
    const database = reader.database(databaseName, NOW);
    if (collectionName === '') return [...reader.aliases(database, NOW)].map(({ name }) => name);
    const record = reader.collection(byNameNow({ databaseName, collectionName }));
    if (record.name === collectionName) return reader.aliasNamesOf(record, NOW);
    throw CoordError.of('CollectionNotFound', {
      database: databaseName,
      collection: collectionName,
    });
  }
}
