import type { LoadService } from './load-service.js';

export interface QueryCoordDeps {
  readonly loads: LoadService;
}

/** QueryCoord as its callers see it; it may be in another process. Changes settle when durable. */
export class QueryCoord {
  readonly loads: LoadService;

  constructor({ loads }: QueryCoordDeps) {
    this.loads = loads;
  }
}
