import { physicalChannel } from '../../domain/channels.js';
import type { MessageStream } from '../../ports/message-stream.js';
import type { Catalog } from '../catalog/catalog.js';
import type { DmlChannelPool } from './dml-channels.js';

/**
 * The pool as it is at least configured, and as large as the highest channel of any collection asks
 * for (facts/rootcoord §11.1): a configuration that shrank strands nobody.
 */
export function growPool(pool: DmlChannelPool, inUse: readonly string[]): DmlChannelPool {
  const indexes = inUse.map((channel) => indexOf(channel, pool.prefix));
  return { ...pool, size: Math.max(pool.size, ...indexes.map((index) => index + 1)) };
}

/** Makes every channel of the pool, and those of collections made under another prefix. */
export async function openDmlChannels(
  stream: MessageStream,
  configured: DmlChannelPool,
  catalog: Catalog,
): Promise<DmlChannelPool> {
  const inUse = catalog.channelsInUse();
  const pool = growPool(configured, inUse);
  const names = Array.from({ length: pool.size }, (_, index) =>
    physicalChannel(pool.prefix, index),
  );
  await Promise.all([...new Set([...names, ...inUse])].map((name) => stream.createChannel(name)));
  return pool;
}

/** −1 for a channel of another prefix, or of a pool larger than any can be configured. */
function indexOf(channel: string, prefix: string): number {
  const [, index] = /_(0|[1-9][0-9]{0,3})$/.exec(channel) ?? [];
  return index !== undefined && channel === `${prefix}_${index}` ? Number(index) : -1;
}
