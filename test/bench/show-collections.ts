import { type BenchRow, onBed, row } from './benches.js';
import { readProbe, startProbed, type TurnReport } from './probed-server.js';
import { interleave } from './rounds.js';

const COLLECTIONS = 65_536;
const SHOWS = 5;

/** The longest turn of the event loop while all collections are listed, beside an idle server's. */
export function benchShowCollections(): Promise<BenchRow> {
  return onBed(
    async ({ load, server }) => {
      const port = server.ports.proxy;
      load.giveWay();
      const common = { port, prefix: 'c', names: COLLECTIONS };
      await load.run({ ...common, calls: ['create'], concurrency: 64, rounds: COLLECTIONS });
      const longestTurn = async (kind: 'show' | 'describe', rounds: number) => {
        await readProbe(server);
        await load.run({ ...common, calls: [kind], concurrency: 1, rounds });
        const { turnsMs, heldMs } = await readProbe<TurnReport>(server);
        const show = (all: readonly number[]) => all.map((ms) => ms.toFixed(1)).join(' ');
        console.log(
          `  ${kind}: longest turns ${show(turnsMs)} ms, without waiting ${show(heldMs)}`,
        );
        return heldMs[0] ?? Number.NaN;
      };
      await longestTurn('show', SHOWS);
      const { ours, yardstick, ratio } = await interleave(
        () => longestTurn('show', SHOWS),
        () => longestTurn('describe', SHOWS),
      );
      const what = `ms of the longest turn, ${SHOWS} ShowCollections of ${COLLECTIONS}`;
      return row(what, ours, yardstick, ratio, `${SHOWS} DescribeCollection`);
    },
    (dataDir) => startProbed(dataDir, 'turns'),
  );
}
