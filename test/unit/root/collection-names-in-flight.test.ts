import { describe, expect, it } from 'vitest';
import { lonelyPeers } from '../../../src/adapters/in-process/peers.js';
import type { Peers } from '../../../src/ports/peers.js';
import type { RootCoord } from '../../../src/root/root-coord.js';
import { aCreate } from '../../kit/ddl-fixtures.js';
import { anAsker, bootRuntime } from '../../kit/root-runtime.js';
import { pairs } from '../../kit/schemas.js';
import { settled } from '../../kit/virtual-clock.js';

const DEFAULT = 'default';

/** Proxies that take their time: none answers before all are let go. */
function slowProxies() {
  const { dataCoord, queryCoord, proxies } = lonelyPeers();
  const held: (() => void)[] = [];
  const expireCollection = () => new Promise<void>((resolve) => held.push(resolve));
  const peers: Peers = { dataCoord, queryCoord, proxies: { ...proxies, expireCollection } };
  /** Lets them go as often as somebody is held; settles with the call. */
  const through = async <T>(call: Promise<T>): Promise<T> => {
    for (let quiet = 0; quiet < 3; quiet += 1) {
      await settled();
      if (held.length > 0) quiet = 0;
      for (const answer of held.splice(0)) answer();
    }
    return call;
  };
  return { peers, through };
}

const rename = (root: RootCoord, collectionName: string, newName: string) =>
  root.alterations.rename(
    { databaseName: DEFAULT, newDatabaseName: DEFAULT, collectionName, newName },
    anAsker(),
  );

const alter = (root: RootCoord, collectionName: string, key: string) =>
  root.alterations.alter(
    { databaseName: DEFAULT, collectionName, properties: pairs({ [key]: 1 }), deleteKeys: [] },
    anAsker(),
  );

describe('commands that name one collection in two ways while its name changes', () => {
  it('are all answered, although one announcement is told for several of them', async () => {
    const { peers, through } = slowProxies();
    const { root, runtime } = await bootRuntime({ peers });
    const { kind: _, ...create } = aCreate('a');
    const on = { databaseName: DEFAULT, collectionName: 'a' };
    await through(root.createCollection(create, anAsker()));
    await through(root.aliases.create({ ...on, alias: 'alias' }, anAsker()));
    // The second rename is queued while no collection has its name yet, so only names order it.
    const calls = [rename(root, 'a', 'b'), rename(root, 'b', 'c'), alter(root, 'alias', 'seen')];
    await through(Promise.all(calls));
    const query = { databaseName: DEFAULT, collectionName: 'c', collectionId: 0n, at: 0n };
    expect(root.hasCollection(query)).toBe(true);
    await runtime.stop();
  });
});
