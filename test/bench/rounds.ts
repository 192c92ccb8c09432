/** Middle half of a series: what a noisy machine leaves of it. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

const ROUNDS = 7;

/**
 * Runs two arms in turn and compares them round by round, so that a neighbour's burst hits both.
 *
 * @returns the spread of each arm and of their ratio.
 */
export async function interleave(
  ours: () => Promise<number>,
  yardstick: (ours: number) => Promise<number>,
) {
  const pairs: [number, number][] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const measured = await ours();
    pairs.push([measured, await yardstick(measured)]);
  }
  return {
    ours: spreadOf(pairs.map(([a]) => a)),
    yardstick: spreadOf(pairs.map(([, b]) => b)),
    ratio: spreadOf(pairs.map(([a, b]) => a / b)),
  };
}

/** `1 234 (1 100–1 300)`, or with decimals for small numbers. */
export function show({ median, low, high }: Spread): string {
  const digits = median >= 100 ? 0 : 2;
  const [m, l, h] = [median, low, high].map((value) => value.toFixed(digits));
  return `${m} (${l}–${h})`;
}
