import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { BeatingProxy } from '../kit/beating-proxy.js';
import { eventually } from '../kit/eventually.js';
import { allocateTimestamps, describeAtRoot } from '../kit/root-calls.js';
import { SafeTimeFollower } from '../kit/safe-time-follower.js';
import { collectionOf, freshName } from '../kit/sdk-collections.js';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';

const LEASE_MS = 2_000;
/** Every lease ends meanwhile, and so does the patience with a silent proxy. */
const FROZEN_MS = 2 * LEASE_MS;
const SETS = ['proxy.timeTickInterval=50', 'rootstock.proxies.joinGrace=500'];
/** Reports of the other proxies after the freeze: by then every timer that was due has run. */
const REPORTS = 8;

const [embedded] = stores;
if (!embedded) throw new Error('there is a store');

describe('a coordinator that was frozen for longer than every lease', () => {
  const server = SuiteServer.on(embedded, SETS);
  const proxies: BeatingProxy[] = [];
  let follower: SafeTimeFollower | undefined;
  afterEach(async () => {
    follower?.close();
    for (const proxy of proxies.splice(0)) {
      await proxy.leave();
      await proxy.close();
    }
  });

  const said = (words: string) => server.process.log.filter(({ msg }) => msg === words);
  const now = async () => (await allocateTimestamps(server.root, 1)).timestamp;

  async function join(): Promise<BeatingProxy> {
    const proxy = await BeatingProxy.join(server.process.rootCoordAddress, LEASE_MS);
    proxies.push(proxy);
    return proxy;
  }

  /** The latest safe time of a channel of a new collection, as a consumer hears of it. */
  async function followTicks(): Promise<() => Promise<bigint>> {
    const name = freshName('frozen');
    await server.sdk.createCollection(collectionOf(name));
    const { physicalChannelNames } = await describeAtRoot(server.root, name);
    const ticks = new SafeTimeFollower(
      server.process.rootCoordAddress,
      physicalChannelNames[0] ?? '',
    );
    follower = ticks;
    return async () => ticks.timestamps.at(-1) ?? 0n;
  }

  it('excludes no living proxy, and no tick passes what one holds', async () => {
    const tick = await followTicks();
    const [holding, reporting] = [await join(), await join()];
    await holding.stall();
    await eventually(tick, (at) => at === holding.reported);
    await eventually(
      async () => said('proxies hold the time ticks'),
      (lines) => lines.length > 0,
    );
    server.process.freeze();
    // How long it sleeps is what is tested; nothing is waited for.
    await pause(FROZEN_MS);
    const { accepted } = reporting;
    server.process.thaw();
    await eventually(
      async () => reporting.accepted,
      (count) => count >= accepted + REPORTS,
    );
    expect(await tick()).toBe(holding.reported);
    expect(await holding.keepAlive()).toMatchObject({ code: 0 });
    expect(await holding.report()).toMatchObject({ code: 0 });
    holding.goOn();
    const later = await now();
    await eventually(tick, (at) => at > later);
    expect(said('a proxy is lost')).toEqual([]);
  });
});
