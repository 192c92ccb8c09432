import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { snapshotOf, WatchReader } from '../../kit/control-calls.js';
import { controlClients } from '../../kit/control-client.js';
import { liveRandomly, visibleAt, visibleIn } from '../../kit/control-world.js';
import { FeedFold } from '../../kit/feed-fold.js';
import { SeededRandom } from '../../kit/seeded-random.js';
import type { SuiteServer } from '../../kit/suite-server.js';

/** A watcher that goes on where it was, whatever becomes of the server. */
export function resumeSuite(server: SuiteServer): void {
  describe('a watcher', () => {
    const client = controlClients(server);

    it('goes on after kill -9 without loss or repetition', async () => {
      const fold = new FeedFold();
      for (let round = 0; round < 3; round++) {
        const watch = new WatchReader(client(), { afterSequence: fold.lastSequence });
        await watch.begun();
        const life = liveRandomly(server.sdk, new SeededRandom(100 + round), 40);
        await watch.until(() => watch.events.length >= 15);
        await server.kill();
        expect((await watch.ended()).code).toBe(status.UNAVAILABLE);
        fold.fold(watch.events);
        await life;
        await server.start(server.store.sets);
      }
      const control = client();
      const { sequence } = await snapshotOf(control);
      const watch = new WatchReader(control, { afterSequence: fold.lastSequence });
      await watch.untilSequence(sequence);
      fold.fold(watch.events);
      expect(visibleIn(fold)).toEqual(await visibleAt(server.milvus));
    });

    it('is told to come back when the server ends in order', async () => {
      const watch = new WatchReader(client(), { onlyNew: true });
      await watch.begun();
      await server.stop();
      const { code, details } = await watch.ended();
      expect(code).toBe(status.UNAVAILABLE);
      expect(details).toMatch(/the change feed ends, watch again/);
      await server.start();
    });
  });
}
