import type { Ground } from '../ports/ground.js';
import type { Logger } from '../ports/logger.js';
import { LoadLedger } from './load-ledger.js';
import { Loads, type LoadsDeps } from './loads.js';
import { QueryCoord } from './query-coord.js';
import { QueryKeys } from './query-keys.js';

/** What QueryCoord is configured with; compose translates Milvus' keys into this. */
export interface QuerySettings {
  /** e.g. `by-dev` and `meta`. */
  readonly rootPath: string;
  readonly metaSubPath: string;
}

export interface QueryRuntimeDeps extends Ground, Pick<LoadsDeps, 'rootCoord' | 'indexes'> {
  readonly log: Logger;
  readonly settings: QuerySettings;
}

/** QueryCoord at work, from election to the end of leadership. */
export interface QueryRuntime {
  readonly queryCoord: QueryCoord;
  /** Takes no more loads and finishes what it took. */
  stop(): Promise<void>;
  /** Lets go of everything at once, writing nothing. */
  abandon(): void;
}

/**
 * Brings QueryCoord up on a store that is ours, and writes nothing: RootCoord, which may still be on
 * its way, can find that the store must not be used.
 */
export async function startQueryRuntime(
  deps: QueryRuntimeDeps,
): Promise<QueryRuntime & { readonly loads: Loads }> {
  const keys = new QueryKeys(deps.settings.rootPath, deps.settings.metaSubPath);
  const { ledger, torn } = await LoadLedger.read(deps.store, keys);
  const loads = new Loads({ ...deps, keys, ledger, torn });
  deps.log.info({ loaded: ledger.size, torn: torn.size }, 'load records read');
  return {
    queryCoord: new QueryCoord({ loads }),
    loads,
    stop: () => loads.drain(),
    abandon: () => loads.close(),
  };
}
