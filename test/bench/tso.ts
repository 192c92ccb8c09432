import { once } from 'node:events';
import { type BenchRow, onBed, row } from './benches.js';
import { forkOnClientCore, startEcho } from './processes.js';
import { interleave, show, spreadOf } from './rounds.js';
import type { TsoLoad, TsoResult } from './tso-worker.js';

const ARM_MS = 2_000;
/** Enough to keep a core busy, few enough to be served within milliseconds. */
const CALLERS = 3_000;
/** As many unary calls as a connection has under way without queueing. */
const ECHOES_IN_FLIGHT = 64;

/** Callers served by one TsoClient beside empty unary calls of the same client library. */
export function benchTsoCallers(): Promise<BenchRow[]> {
  return onBed(async ({ server }) => {
    const worker = forkOnClientCore('./tso-worker.js');
    const echo = await startEcho(0);
    const run = async (load: TsoLoad): Promise<TsoResult> => {
      worker.send(load);
      const [answer] = (await once(worker, 'message')) as [
        { result?: TsoResult; failure?: string },
      ];
      if (!answer.result) throw new Error(`the load failed: ${answer.failure}`);
      return answer.result;
    };
    const rows: BenchRow[] = [];
    for (const kind of ['promises', 'parts'] as const) {
      const p99s: number[] = [];
      const ours = async () => {
        const { callsPerSecond, p99Ms } = await run({
          port: server.ports.proxy,
          kind,
          callers: CALLERS,
          durationMs: ARM_MS,
        });
        p99s.push(p99Ms);
        return callsPerSecond;
      };
      const yardstick = async () => {
        const echoes = { port: echo.port, kind: 'echo' as const, callers: ECHOES_IN_FLIGHT };
        return (await run({ ...echoes, durationMs: ARM_MS })).callsPerSecond;
      };
      const measured = await interleave(ours, yardstick);
      const what = `timestamps/s through TsoClient, ${CALLERS} callers, ${kind}`;
      rows.push(
        row(
          what,
          measured.ours,
          measured.yardstick,
          measured.ratio,
          'empty grpc-js RPC/s, 64 in flight',
        ),
        {
          what: `p99 ms of the same`,
          ours: show(spreadOf(p99s)),
          yardstick: '—',
          ratio: '—',
        },
      );
    }
    worker.kill();
    echo.stop();
    return rows;
  });
}

/** A single timestamp by the unary call of RootCoord beside an echo of its size. */
export function benchAllocTimestamp(): Promise<BenchRow> {
  return onBed(async ({ load, server }) => {
    const echo = await startEcho(REPLY_BYTES);
    const arm = async (kind: 'allocTimestamp' | 'echo', port: number) => {
      const { rounds, elapsedMs } = await load.run({
        port,
        calls: [kind],
        concurrency: 64,
        durationMs: ARM_MS,
        prefix: 't',
      });
      return (rounds * 1_000) / elapsedMs;
    };
    await arm('allocTimestamp', server.ports.rootCoord);
    await arm('echo', echo.port);
    const { ours, yardstick, ratio } = await interleave(
      () => arm('allocTimestamp', server.ports.rootCoord),
      () => arm('echo', echo.port),
    );
    echo.stop();
    const what = 'AllocTimestamp/s of one, unary, 64 in flight';
    return row(what, ours, yardstick, ratio, 'empty grpc-js RPC/s, 64 in flight');
  });
}

/** Status, timestamp and count. */
const REPLY_BYTES = 16;
