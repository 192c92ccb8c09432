import type { MessageStream } from '../../src/ports/message-stream.js';
import type { MetaStore } from '../../src/ports/meta-store.js';
import type { Peers } from '../../src/ports/peers.js';
import { withAppend } from './with-append.js';

const never = (): Promise<never> => new Promise(() => {});

/**
 * Every place where a process touches the world, numbered in order. At the chosen one it dies:
 * from then on nothing it does has an effect, and nothing it waits for ever comes.
 */
export class CrashSites {
  /** What was reached, in order: the trace of the process. */
  readonly reached: string[] = [];
  /** Settles at the death. */
  readonly died: Promise<void>;
  readonly #dieAt: number;
  readonly #onReached: (site: string) => void;
  #isDead = false;
  #noteDeath: () => void = () => {};

  /**
   * @param dieAt number of the site, counted from 0; without it the process lives.
   * @param onReached called at each site before anything else happens there: what is then is what
   * a process that dies there leaves behind.
   */
  constructor(dieAt = Number.POSITIVE_INFINITY, onReached: (site: string) => void = () => {}) {
    this.#dieAt = dieAt;
    this.#onReached = onReached;
    this.died = new Promise((resolve) => {
      this.#noteDeath = resolve;
    });
  }

  /** Settles when the process lives on. */
  pass(site: string): Promise<void> {
    if (this.#isDead) return never();
    this.reached.push(site);
    this.#onReached(site);
    if (this.reached.length <= this.#dieAt) return Promise.resolve();
    this.die();
    return never();
  }

  /** `kill -9` from outside. */
  die(): void {
    this.#isDead = true;
    this.#noteDeath();
  }

  /** What a dead process asks stays unanswered. */
  whileAlive<T>(answer: Promise<T>): Promise<T> {
    return this.#isDead ? never() : answer;
  }
}

/** The store of a mortal process: each commit has a site before it and one after it. */
export const mortalStore = (store: MetaStore, sites: CrashSites): MetaStore => ({
  limits: store.limits,
  get: (key) => sites.whileAlive(store.get(key)),
  scan: (prefix, options) => store.scan(prefix, options),
  commit: async (writes, fence) => {
    await sites.pass('before a commit');
    await store.commit(writes, fence);
    await sites.pass('after a commit');
  },
  campaign: (candidate) => store.campaign(candidate),
  close: () => store.close(),
});

/** The channels of a mortal process: each append has a site before it and one after it. */
export const mortalStream = (stream: MessageStream, sites: CrashSites): MessageStream =>
  withAppend(stream, async (channel, messages) => {
    await sites.pass('before an append');
    const positions = await stream.append(channel, messages);
    await sites.pass('after an append');
    return positions;
  });

/** The peers of a mortal process: each call has a site before it and one after it. */
export function mortalPeers({ dataCoord, queryCoord, proxies }: Peers, sites: CrashSites): Peers {
  const mortal =
    <Args extends unknown[], T>(name: string, call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      await sites.pass(`before ${name}`);
      const [outcome] = await Promise.allSettled([call(...args)]);
      await sites.pass(`after ${name}`);
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    };
  return {
    dataCoord: {
      watchChannels: mortal('watchChannels', dataCoord.watchChannels),
      unwatchChannels: mortal('unwatchChannels', dataCoord.unwatchChannels),
      broadcastAltered: mortal('broadcastAltered', dataCoord.broadcastAltered),
      dropIndexes: mortal('dropIndexes', dataCoord.dropIndexes),
      isGarbageCollected: mortal('isGarbageCollected', dataCoord.isGarbageCollected),
    },
    queryCoord: {
      releaseCollection: mortal('releaseCollection', queryCoord.releaseCollection),
      syncPartition: mortal('syncPartition', queryCoord.syncPartition),
      releasePartition: mortal('releasePartition', queryCoord.releasePartition),
    },
    proxies: {
      expireCollection: mortal('expireCollection', proxies.expireCollection),
      expirePartition: mortal('expirePartition', proxies.expirePartition),
      expireAlias: mortal('expireAlias', proxies.expireAlias),
      expireDatabase: mortal('expireDatabase', proxies.expireDatabase),
    },
  };
}
