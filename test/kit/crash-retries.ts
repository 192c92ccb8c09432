import { expect } from 'vitest';
import type { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import type { Asker } from '../../src/root/asker.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import { type Picture, pictureOf } from './crash-picture.js';
import type { Look, Part, Remains, Scenario } from './crash-scenario.js';
import { keyedAsker } from './keyed-asker.js';
import { anAsker } from './root-runtime.js';
import { journalOf } from './store-invariants.js';

/** What a client gets that asks again after a crash, with the idempotency keys it used. */

/** Each command of a scenario has its own key. */
export function askerFor({ isKeyed = false, before, steps }: Scenario, part: Part): Asker {
  const all = [...before, ...steps].flatMap(({ parts }) => parts);
  return isKeyed ? keyedAsker(`request ${all.indexOf(part)}`) : anAsker();
}

/** What was answered gets that answer again, and what was not happens now unless it has already. */
export async function expectRetriesHappenOnce(
  root: RootCoord,
  { scenario, memory, state }: Remains,
  looks: readonly Look[],
): Promise<void> {
  const { steps, isKeyed = false } = scenario;
  if (!isKeyed) return;
  const retry = (part: Part) => part.run(root, askerFor(scenario, part));
  await expectNoChange(state, async () => {
    for (const { parts } of steps.slice(0, memory.answered)) {
      for (const part of parts) if (part.isRetryable) await retry(part);
    }
  });
  if (memory.begun === memory.answered) return;
  const [before, after] = [looks[memory.answered]?.picture, looks[memory.begun]?.picture];
  for (const part of steps[memory.begun - 1]?.parts ?? []) {
    if (!part.isRetryable || !before || !after) continue;
    const [wanted, found] = [touched(part, after), touched(part, pictureOf(root, 0n))];
    const hasHappened = isSame(found, wanted) && !isSame(found, touched(part, before));
    if (hasHappened) await expectNoChange(state, () => retry(part));
    else await retry(part);
    expect([...touched(part, pictureOf(root, 0n)).keys()]).toEqual([...wanted.keys()]);
  }
}

const touched = (part: Part, picture: Picture): Picture =>
  new Map([...picture].filter(([key]) => !key.startsWith('kept ') && part.touches(key)));

const isSame = (a: Picture, b: Picture): boolean =>
  a.size === b.size && [...a].every(([key, text]) => b.get(key) === text);

async function expectNoChange(state: MemoryMetaState, work: () => Promise<unknown>) {
  const { length } = journalOf(state);
  await work();
  expect(journalOf(state).length).toBe(length);
}
