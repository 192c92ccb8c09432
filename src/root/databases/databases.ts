import type { DatabaseRecord } from '../../domain/records.js';
import type { Asker, Request } from '../asker.js';
import type { CatalogReader } from '../catalog/catalog-reader.js';
import type {
  AlterDatabaseCommand,
  CreateDatabaseCommand,
  DropDatabaseCommand,
} from '../ddl/database-commands.js';
import type { DdlSupervisor } from '../ddl/ddl-supervisor.js';

export interface DatabasesDeps {
  readonly ddl: DdlSupervisor;
  readonly reader: CatalogReader;
}

/** Databases as RootCoord's callers see them (facts/rootcoord §8). */
export class Databases {
  readonly #deps: DatabasesDeps;

  constructor(deps: DatabasesDeps) {
    this.#deps = deps;
  }

  /** @throws CoordError every refusal of §8; a name that is taken is one, too. */
  async create(command: Request<CreateDatabaseCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'createDatabase' }, asker);
  }

  /** Dropping what is not there succeeds. @throws CoordError every refusal of §8. */
  async drop(command: Request<DropDatabaseCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'dropDatabase' }, asker);
  }

  /** What follows from its properties does so at once. @throws CoordError every refusal of §8. */
  async alter(command: Request<AlterDatabaseCommand>, asker: Asker): Promise<void> {
    await this.#deps.ddl.submit({ ...command, kind: 'alterDatabase' }, asker);
  }

  /** @param at 0 for the present. @throws CoordError `DatabaseNotFound`. */
  describe(name: string, at: bigint): DatabaseRecord {
    return this.#deps.reader.database(name, at);
  }

  /** Every database, the oldest first. @param at 0 for the present. */
  list(at: bigint): readonly DatabaseRecord[] {
    return [...this.#deps.reader.databases(at)].sort(byId);
  }
}

/** Ids only grow. */
const byId = (a: DatabaseRecord, b: DatabaseRecord): number => (a.id < b.id ? -1 : 1);
