import type { Clock } from '../ports/clock.js';
import type { Ground } from '../ports/ground.js';
import { type IndexNodes, NO_INDEX_NODES } from '../ports/index-nodes.js';
import type { Logger } from '../ports/logger.js';
import type { RootCoordPeer } from '../ports/peers.js';
import { DataCoord } from './data-coord.js';
import { DataKeys } from './data-keys.js';
import { BuildCatalog } from './indexes/build-catalog.js';
import { IndexBuilds } from './indexes/index-builds.js';
import { IndexCatalog } from './indexes/index-catalog.js';
import { IndexGarbage } from './indexes/index-garbage.js';
import { Indexes } from './indexes/indexes.js';
import { NO_SEGMENTS, type SegmentRecords } from './indexes/segment-view.js';

/** What DataCoord is configured with; compose translates Milvus' keys into this. */
export interface DataSettings {
  /** e.g. `by-dev` and `meta` (facts/datacoord §15). */
  readonly rootPath: string;
  readonly metaSubPath: string;
}

export interface DataRuntimeDeps extends Ground {
  readonly clock: Clock;
  readonly log: Logger;
  readonly rootCoord: RootCoordPeer;
  readonly settings: DataSettings;
  /** None by default. */
  readonly segments?: SegmentRecords;
  /** None by default. */
  readonly indexNodes?: IndexNodes;
}

/** DataCoord at work, from election to the end of leadership. */
export interface DataRuntime {
  readonly dataCoord: DataCoord;
  /** Takes no more DDL and finishes what it took. */
  stop(): Promise<void>;
  /** Lets go of everything at once, writing nothing. */
  abandon(): void;
}

/** Brings DataCoord up on a store that is ours. RootCoord may still be on its way. */
export async function startDataRuntime(deps: DataRuntimeDeps): Promise<DataRuntime> {
  const { segments = NO_SEGMENTS, indexNodes: nodes = NO_INDEX_NODES } = deps;
  const keys = new DataKeys(deps.settings.rootPath, deps.settings.metaSubPath);
  const catalog = await IndexCatalog.load(deps.store, keys);
  const builds = new BuildCatalog({ ...deps, keys });
  const indexBuilds = new IndexBuilds({ ...deps, catalog, builds, segments, nodes });
  const indexes = new Indexes({
    ...deps,
    keys,
    catalog,
    nodes,
    segments: indexBuilds,
    onChanged: (collectionId) => indexBuilds.coverSoon(collectionId),
  });
  const garbage = new IndexGarbage({ ...deps, keys });
  deps.log.info({ indexes: catalog.size }, 'indexes loaded');
  void indexBuilds.coverAll();
  garbage.start();
  return {
    dataCoord: new DataCoord({ indexes, indexBuilds }),
    stop: async () => {
      await indexes.drain();
      await Promise.all([indexBuilds.stop(), garbage.stop()]);
    },
    abandon: () => {
      indexes.close();
      indexBuilds.close();
      garbage.close();
    },
  };
}
