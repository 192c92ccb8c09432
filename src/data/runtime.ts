import type { Logger } from '../ports/logger.js';
import type { Fence, MetaStore } from '../ports/meta-store.js';
import type { RootCoordPeer } from '../ports/peers.js';
import { DataCoord } from './data-coord.js';
import { DataKeys } from './data-keys.js';
import { IndexCatalog } from './indexes/index-catalog.js';
import { Indexes } from './indexes/indexes.js';
import { NO_SEGMENTS } from './indexes/segment-view.js';

/** What DataCoord is configured with; compose translates Milvus' keys into this. */
export interface DataSettings {
  /** e.g. `by-dev` and `meta` (facts/datacoord §15). */
  readonly rootPath: string;
  readonly metaSubPath: string;
}

export interface DataRuntimeDeps {
  readonly store: MetaStore;
  readonly fence: Fence;
  readonly log: Logger;
  readonly rootCoord: RootCoordPeer;
  readonly settings: DataSettings;
  /** Something broke that only a restart can mend. */
  readonly onBroken: (reason: unknown) => void;
}

/** DataCoord at work, from election to the end of leadership. */
export interface DataRuntime {
  readonly dataCoord: DataCoord;
  /** Takes no more DDL and finishes what it took. */
  stop(): Promise<void>;
}

/** Brings DataCoord up on a store that is ours. RootCoord may still be on its way. */
export async function startDataRuntime(deps: DataRuntimeDeps): Promise<DataRuntime> {
  const keys = new DataKeys(deps.settings.rootPath, deps.settings.metaSubPath);
  const catalog = await IndexCatalog.load(deps.store, keys);
  const indexes = new Indexes({ ...deps, keys, catalog, segments: NO_SEGMENTS });
  deps.log.info({ indexes: catalog.size }, 'indexes loaded');
  return { dataCoord: new DataCoord({ indexes }), stop: () => indexes.drain() };
}
