import { expect } from 'vitest';
import { physicalMsOf } from '../../src/domain/timestamp.js';
import type { RootCoord } from '../../src/root/root-coord.js';
import { expectFresh, rememberAll } from './crash-caches.js';
import { expectDataGoneFirst, expectTidy } from './crash-invariants.js';
import {
  type BootChoices,
  boot,
  copyOf,
  expectAsAnswered,
  fingerprint,
  RECOVERY_MS,
  type Rehearsal,
} from './crash-life.js';
import { pictureNow, visibleIn } from './crash-picture.js';
import { expectRetriesHappenOnce } from './crash-retries.js';
import type { Look, Remains } from './crash-scenario.js';
import { expectEverythingGoes, expectGrowing, expectTrueTotals } from './crash-usability.js';
import { RULES } from './ddl-fixtures.js';
import { PeerCaches } from './peer-caches.js';
import type { TestRuntime } from './root-runtime.js';

const RECORDS = 'by-dev/meta/';

/** What clients see, line by line; drops that are kept are left out, time alone ends those. */
type Visible = readonly (readonly [string, string])[];

/**
 * Starts processes on what others left behind. Remains that are the same to the byte, clients' memory
 * included, are examined once.
 */
export class CrashExaminer {
  readonly #rehearsal: Rehearsal;
  readonly #examined = new Map<string, Visible>();
  readonly #used = new Set<string>();

  constructor(rehearsal: Rehearsal) {
    this.#rehearsal = rehearsal;
  }

  /** How many different remains were examined. */
  get distinctCount(): number {
    return this.#examined.size;
  }

  /**
   * Nothing is lost, nothing is half, nothing is left over, and the successor is ready for whatever
   * comes next. Fails otherwise.
   *
   * @param words what happened. @returns what clients see after it.
   */
  async examine(remains: Remains, words: string): Promise<Visible> {
    const key = remainsKey(remains);
    const known = this.#examined.get(key);
    if (known) return known;
    try {
      const visible = await this.#succeed(remains);
      this.#examined.set(key, visible);
      return visible;
    } catch (caught) {
      const { begun } = remains.memory;
      const step = remains.scenario.steps[begun - 1]?.words ?? 'boot';
      throw new Error(`${words}, in step "${step}"`, { cause: caught });
    }
  }

  async #succeed(remains: Remains): Promise<Visible> {
    expectDataGoneFirst(remains);
    const copy = copyOf(remains);
    const limits = { ...RULES.limits };
    const caches = new PeerCaches();
    const { root, runtime, visible } = await successorOn(copy, this.#rehearsal, { limits, caches });
    await expectGrowing(root, copy);
    await expectRetriesHappenOnce(root, copy, this.#rehearsal.looks);
    if (this.#isNew(remains)) {
      await expectTrueTotals(root, limits);
      rememberAll(root, caches);
      await expectEverythingGoes(root, copy);
      expectFresh(root, caches);
    }
    runtime.abandon();
    return visible;
  }

  /** What can be done follows from the records, and from what peers hold on to. */
  #isNew(remains: Remains): boolean {
    const key = fingerprint(remains, RECORDS);
    if (this.#used.has(key)) return false;
    this.#used.add(key);
    return true;
  }
}

const remainsKey = (remains: Remains): string => {
  const { clock, memory, scenario } = remains;
  const { begun, answered, looks, answeredParts, lastId, lastTimestamp } = memory;
  const parts = scenario.steps[begun - 1]?.parts.map((part) => answeredParts.has(part)).join();
  const known = [begun, answered, looks, parts, lastId, lastTimestamp].join('/');
  return `${fingerprint(remains)} ${clock.nowMs()} ${known}`;
};

/** A process on these remains that does not die, once it had the time to tidy up. */
async function successorOn(
  remains: Remains,
  { looks }: Rehearsal,
  choices: BootChoices,
): Promise<TestRuntime & { visible: Visible }> {
  const booted = await boot(remains, choices);
  const { root } = booted;
  const first = await lookAround(root, remains, looks);
  await remains.clock.advance(RECOVERY_MS);
  expect(booted.broken).toEqual([]);
  const visible = await lookAround(root, remains, looks);
  expect(visible).toEqual(first);
  await expectTidy(root, remains, looks);
  return { ...booted, visible };
}

async function lookAround(
  root: RootCoord,
  remains: Remains,
  looks: readonly Look[],
): Promise<Visible> {
  const picture = await pictureNow(root);
  const nowMs = physicalMsOf(await root.allocateTimestamps(1, 0n));
  expectAsAnswered(picture, remains, looks, nowMs);
  return visibleIn(picture);
}
