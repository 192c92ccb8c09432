import { describe, expect, it } from 'vitest';
import { Catalog } from '../../../../src/root/catalog/catalog.js';
import { growPool, openDmlChannels } from '../../../../src/root/channels/open-dml-channels.js';
import { ChannelWorld } from '../../../kit/channel-world.js';
import { aRecord } from '../../../kit/records.js';
import { VirtualClock } from '../../../kit/virtual-clock.js';

const pool = { prefix: 'by-dev-rootcoord-dml', size: 2 };

describe('the pool of physical channels', () => {
  it.each([
    [[], 2],
    [['by-dev-rootcoord-dml_1'], 2],
    [['by-dev-rootcoord-dml_0', 'by-dev-rootcoord-dml_6'], 7],
    [['another-prefix_9'], 2],
    [['by-dev-rootcoord-dml_07'], 2],
    [['by-dev-rootcoord-dml_99999'], 2],
  ])('with %j in use has %i channels', (inUse, size) => {
    expect(growPool(pool, inUse)).toEqual({ ...pool, size });
  });
});

describe('opening it', () => {
  it('makes its channels, and those of collections made under another prefix', async () => {
    const catalog = new Catalog();
    const physicalChannels = ['by-dev-rootcoord-dml_3', 'old-dml_1'];
    const after = aRecord({ state: 'Dropping', physicalChannels });
    catalog.apply({ kind: 'collection', before: undefined, after });
    const world = new ChannelWorld();
    const opened = await openDmlChannels(world.stream(new VirtualClock()), pool, catalog);
    expect(opened.size).toBe(4);
    const generated = [0, 1, 2, 3].map((index) => `by-dev-rootcoord-dml_${index}`);
    expect(world.names).toEqual([...generated, 'old-dml_1']);
  });
});
