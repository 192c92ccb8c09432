import type { CollectionId } from './ids.js';

/** Physical channel `index` of the DML pool, e.g. `by-dev-rootcoord-dml_3` (facts/rootcoord §11.1). */
export const physicalChannel = (prefix: string, index: number): string => `${prefix}_${index}`;

/** Shard `shard` of a collection on a physical channel: `<pchannel>_<collectionID>v<shard>`. */
export const virtualChannel = (pchannel: string, id: CollectionId, shard: number): string =>
  `${pchannel}_${id}v${shard}`;
