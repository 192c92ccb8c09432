import type { IndexBuilds } from './indexes/index-builds.js';
import type { Indexes } from './indexes/indexes.js';

export interface DataCoordDeps {
  readonly indexes: Indexes;
  readonly indexBuilds: IndexBuilds;
}

/** DataCoord as its callers see it. Reads answer at once from memory; DDL settles when durable. */
export class DataCoord {
  readonly indexes: Indexes;
  /** Told of every flushed segment. */
  readonly indexBuilds: IndexBuilds;

  constructor({ indexes, indexBuilds }: DataCoordDeps) {
    this.indexes = indexes;
    this.indexBuilds = indexBuilds;
  }
}
