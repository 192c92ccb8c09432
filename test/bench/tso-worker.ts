import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { TsoClient } from '../../src/tso-client/tso-client.js';

/** What a process does that wants timestamps. */
export interface TsoLoad {
  readonly port: number;
  /** Promises of TsoClient, its calls with two numbers, or empty calls of grpc-js. */
  readonly kind: 'promises' | 'parts' | 'echo';
  /** Callers, each asking again as soon as it was served. */
  readonly callers: number;
  readonly durationMs: number;
}

export interface TsoResult {
  readonly callsPerSecond: number;
  /** Of every 64th call. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const SAMPLED = 64;
const WARM_MS = 500;

/** Counts calls and measures the time of some. */
class Meter {
  readonly #latencies: number[] = [];
  #calls = 0;
  #countsFrom = Number.POSITIVE_INFINITY;
  isOver = false;

  /** The start of a call, or undefined when this one is not measured. */
  begin(): number | undefined {
    this.#calls += 1;
    return this.#calls % SAMPLED === 0 ? performance.now() : undefined;
  }

  end(startedAt: number | undefined): void {
    if (startedAt === undefined || startedAt < this.#countsFrom) return;
    this.#latencies.push(performance.now() - startedAt);
  }

  async measure(durationMs: number): Promise<TsoResult> {
    await passing(WARM_MS);
    const [calls, startedAt] = [this.#calls, performance.now()];
    this.#countsFrom = startedAt;
    await passing(durationMs);
    const callsPerSecond = ((this.#calls - calls) * 1_000) / (performance.now() - startedAt);
    this.isOver = true;
    const sorted = Float64Array.from(this.#latencies).sort();
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
    return { callsPerSecond, p50Ms: at(0.5), p99Ms: at(0.99) };
  }
}

const passing = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

async function askForEver(meter: Meter, ask: () => Promise<unknown>): Promise<void> {
  while (!meter.isOver) {
    const startedAt = meter.begin();
    await ask();
    meter.end(startedAt);
  }
}

function askPartsForEver(meter: Meter, tso: TsoClient): void {
  let startedAt = meter.begin();
  const refuse = (error: Error) => {
    throw error;
  };
  const receive = () => {
    meter.end(startedAt);
    if (meter.isOver) return;
    startedAt = meter.begin();
    tso.allocateParts(receive, refuse);
  };
  tso.allocateParts(receive, refuse);
}

/** An empty unary call with the client everybody uses. */
function echoClient(port: number) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.enable_channelz': 0,
  });
  const pass = (bytes: Buffer) => bytes;
  const empty = Buffer.alloc(0);
  const metadata = new Metadata();
  const call = () =>
    new Promise<void>((resolve, reject) => {
      const path = '/rootstock.bench.Echo/Echo';
      client.makeUnaryRequest(path, pass, pass, empty, metadata, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  return { call, close: () => client.close() };
}

async function run({ port, kind, callers, durationMs }: TsoLoad): Promise<TsoResult> {
  const meter = new Meter();
  if (kind === 'echo') {
    const echo = echoClient(port);
    for (let i = 0; i < callers; i += 1) void askForEver(meter, echo.call);
    const result = await meter.measure(durationMs);
    echo.close();
    return result;
  }
  const tso = new TsoClient({ address: `127.0.0.1:${port}` });
  for (let i = 0; i < callers; i += 1) {
    if (kind === 'parts') askPartsForEver(meter, tso);
    else void askForEver(meter, () => tso.allocate());
  }
  const result = await meter.measure(durationMs);
  // Those under way are served before the client closes.
  while (tso.callers > 0) await passing(1);
  tso.close();
  return result;
}

process.on('message', (load: TsoLoad) => {
  run(load).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
