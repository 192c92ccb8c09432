import { describe, expect, it } from 'vitest';
import { lonelyPeers } from '../../../src/adapters/in-process/peers.js';
import { MemoryMetaState } from '../../../src/adapters/memory/memory-meta-state.js';
import { MemoryMetaStore } from '../../../src/adapters/memory/memory-meta-store.js';
import { composeDataRole } from '../../../src/compose-data.js';
import { composeQueryRole, inOrder } from '../../../src/compose-query.js';
import type { Ground } from '../../../src/ports/ground.js';
import { type Companion, Coordinator } from '../../../src/root/coordinator.js';
import { livingCandidate } from '../../kit/candidates.js';
import { ChannelWorld } from '../../kit/channel-world.js';
import { ROOT_SETTINGS } from '../../kit/root-runtime.js';
import { silentLogger } from '../../kit/silent-logger.js';
import { VirtualClock } from '../../kit/virtual-clock.js';

/** A companion that remembers how its life went. */
class RememberingCompanion implements Companion {
  readonly life: string[] = [];
  ground: Ground | undefined;

  async start(ground: Ground): Promise<void> {
    this.ground = ground;
    this.life.push('started');
  }

  async stop(): Promise<void> {
    this.life.push('stopped');
  }

  abandon(): void {
    this.life.push('abandoned');
  }
}

interface World {
  readonly state: MemoryMetaState;
  readonly clock: VirtualClock;
  readonly coordinator: Coordinator;
}

/** A coordinator beside DataCoord, QueryCoord and one that remembers. */
function aCoordinator(companion: Companion): World {
  const state = new MemoryMetaState();
  const clock = new VirtualClock();
  const rootCoord = () => coordinator.rootCoord;
  const data = composeDataRole(ROOT_SETTINGS, silentLogger, rootCoord, clock);
  const query = composeQueryRole(
    ROOT_SETTINGS,
    silentLogger,
    rootCoord,
    () => data.runtime.dataCoord,
  );
  const coordinator: Coordinator = new Coordinator({
    openStore: async () => new MemoryMetaStore(state),
    openStream: async () => new ChannelWorld().stream(clock),
    candidate: livingCandidate(),
    clock,
    log: silentLogger,
    peers: lonelyPeers(),
    companion: inOrder(data, query, companion),
    settings: ROOT_SETTINGS,
  });
  coordinator.start();
  return { state, clock, coordinator };
}

describe('the companion of a coordinator', () => {
  it('that loses the store is abandoned, and leaves no timer behind', async () => {
    const companion = new RememberingCompanion();
    const { state, clock, coordinator } = aCoordinator(companion);
    await coordinator.healthy;
    state.depose();
    expect(await coordinator.ended).toMatchObject({ kind: 'abandoned' });
    expect(companion.life).toEqual(['started', 'abandoned']);
    expect(clock.timerCount).toBe(0);
  });

  it('that breaks the leadership itself is abandoned', async () => {
    const companion = new RememberingCompanion();
    const { clock, coordinator } = aCoordinator(companion);
    await coordinator.healthy;
    const failure = new Error('the fence is gone');
    companion.ground?.onBroken(failure);
    expect(await coordinator.ended).toEqual({ kind: 'abandoned', failure });
    expect(companion.life).toEqual(['started', 'abandoned']);
    expect(clock.timerCount).toBe(0);
  });

  it('that cannot recover is abandoned', async () => {
    const companion = new RememberingCompanion();
    companion.start = () => Promise.reject(new Error('a record cannot be read'));
    const { clock, coordinator } = aCoordinator(companion);
    expect(await coordinator.ended).toMatchObject({ kind: 'abandoned' });
    expect(companion.life).toEqual(['abandoned']);
    expect(clock.timerCount).toBe(0);
  });

  it('that ends in order is stopped once, and leaves no timer behind', async () => {
    const companion = new RememberingCompanion();
    const { clock, coordinator } = aCoordinator(companion);
    await coordinator.healthy;
    coordinator.stop();
    await clock.advance(ROOT_SETTINGS.gracefulStopMs);
    expect(await coordinator.ended).toEqual({ kind: 'stopped' });
    expect(companion.life).toEqual(['started', 'stopped']);
    expect(clock.timerCount).toBe(0);
  });
});
