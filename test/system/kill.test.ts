import { describe, expect, it } from 'vitest';
import { CrashRounds } from '../kit/crash-rounds.js';
import { stores } from '../kit/stores.js';

/** Enough for every kind of round on the default store; `npm run soak` does it for long. */
const KILLS: Readonly<Record<string, number>> = { embedded: 8, etcd: 4 };
const TIMEOUT_MS = 180_000;
/** Another seed kills at other moments: `KILL_SEED=7 npx vitest run …`. */
const seed = Number(process.env.KILL_SEED ?? 1);

describe.each(stores)('kill -9 under load on the $name store', (kind) => {
  it(
    `loses nothing acknowledged, leaves nothing half done and repeats no number (seed ${seed})`,
    async () => {
      const store = await kind.open();
      try {
        const kills = KILLS[kind.name] ?? 1;
        const report = await new CrashRounds({ store, seed, kills }).run();
        expect(report.killsUnderLoad + report.killsDuringStart).toBeGreaterThanOrEqual(kills);
        expect(report.killsAmidDdl).toBeGreaterThan(0);
        expect(report.changes).toBeGreaterThan(0);
      } finally {
        await store.remove();
      }
    },
    TIMEOUT_MS,
  );
});
