import type { DatabaseRecord } from '../../domain/records.js';
import type { CatalogReader } from '../catalog/catalog-reader.js';
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

  /** @param at 0 for the present. @throws CoordError `DatabaseNotFound`. */
  describe(name: string, at: bigint): DatabaseRecord {
    return this.#deps.reader.database(name, at);
  }
}
