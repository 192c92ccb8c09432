import { physicalChannel } from '../../domain/channels.js';
import { CoordError } from '../../domain/errors.js';

/** How many collections need a physical channel; derived from records, never stored. */
export type ChannelReferences = (channel: string) => number;

export interface DmlChannelPool {
  /** e.g. `by-dev-rootcoord-dml`. */
  readonly prefix: string;
  readonly size: number;
}

/**
 * `count` distinct physical channels, least referenced first, lower index first among equals
 * (facts/rootcoord §11.2).
 *
 * @throws CoordError when the pool has fewer channels than asked for.
 */
export function selectChannels(
  pool: DmlChannelPool,
  count: number,
  references: ChannelReferences,
): string[] {
  if (count > pool.size) {
    throw CoordError.plain(`no enough channels, want: ${count}, got: ${pool.size}`);
  }
  const channels = Array.from({ length: pool.size }, (_, index) => {
    const name = physicalChannel(pool.prefix, index);
    return { name, index, references: references(name) };
  });
  channels.sort((a, b) => a.references - b.references || a.index - b.index);
  return channels.slice(0, count).map(({ name }) => name);
}
