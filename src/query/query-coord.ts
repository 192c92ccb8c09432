import type { Loads } from './loads.js';

export interface QueryCoordDeps {
  readonly loads: Loads;
}

/** QueryCoord as its callers see it. Reads answer at once; changes settle when durable. */
export class QueryCoord {
  readonly loads: Loads;

  constructor({ loads }: QueryCoordDeps) {
    this.loads = loads;
  }
}
