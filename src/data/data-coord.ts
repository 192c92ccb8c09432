import type { Indexes } from './indexes/indexes.js';

export interface DataCoordDeps {
  readonly indexes: Indexes;
}

/** DataCoord as its callers see it. Reads answer at once from memory; DDL settles when durable. */
export class DataCoord {
  readonly indexes: Indexes;

  constructor({ indexes }: DataCoordDeps) {
    this.indexes = indexes;
  }
}
