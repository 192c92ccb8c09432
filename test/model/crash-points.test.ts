import { describe, expect, it } from 'vitest';
import { lonelyPeers } from '../../src/adapters/in-process/peers.js';
import { CrashExaminer } from '../kit/crash-aftermath.js';
import {
  type Death,
  dieAt,
  dieRecoveringAt,
  fingerprint,
  rehearse,
  sitesOfRecovery,
} from '../kit/crash-life.js';
import type { Scenario } from '../kit/crash-scenario.js';
import { OPERATIONS_OF, SCENARIOS } from '../kit/crash-scenarios/all.js';
import { journalOf } from '../kit/store-invariants.js';

/** How many places a process that lives on comes to, and at how many of them one really died. */
class Coverage {
  covered = 0;
  enumerated = 0;

  add({ covered, enumerated }: Coverage): void {
    this.covered += covered;
    this.enumerated += enumerated;
  }

  get words(): string {
    return `${this.covered} of ${this.enumerated}`;
  }
}

/** Lets a process die at each place another one came to, and examines what it left behind. */
async function dieEverywhere(
  sites: readonly string[],
  dieThere: (number: number) => Promise<Death | undefined>,
  examine: (death: Death, number: number) => Promise<void>,
): Promise<{ deaths: readonly Death[]; coverage: Coverage }> {
  const deaths: Death[] = [];
  const coverage = new Coverage();
  coverage.enumerated = sites.length;
  for (const [i, site] of sites.entries()) {
    const death = await dieThere(i);
    expect([i, death?.site]).toEqual([i, site]);
    if (!death) continue;
    await examine(death, i);
    deaths.push(death);
    coverage.covered++;
  }
  return { deaths, coverage };
}

/** The same for every place of the recovery; whatever happens there, clients see the same. */
async function dieRecovering(examiner: CrashExaminer, first: Death): Promise<Coverage> {
  const mended = await examiner.examine(first.remains, `crash at ${first.site}`);
  const { coverage } = await dieEverywhere(
    await sitesOfRecovery(first.remains),
    (number) => dieRecoveringAt(first.remains, number),
    async ({ site, remains }, i) => {
      const words = `crash at ${first.site}, and in recovery at ${i}, ${site}`;
      expect(await examiner.examine(remains, words), words).toEqual(mended);
    },
  );
  return coverage;
}

/** Deaths that lead to the same recovery count once; of those, the last one's clients know most. */
const withOwnRecovery = (deaths: readonly Death[]): Death[] => [
  ...new Map(deaths.map((death) => [fingerprint(death.remains), death])).values(),
];

/**
 * Every commit and every call of a peer is a place to die at, once before it and once after it but
 * before the process hears of it. The successor has to mend whatever it finds (facts/rootcoord
 * §25), with one thing it need not do: an alteration that was committed is not announced again.
 * Announcements only empty the caches of proxies and DataCoord, which are part of the process that
 * died; those of its successor begin empty and are filled from the records.
 */
describe('a crash at any commit and any call of a peer', { timeout: 120_000 }, () => {
  const sites = new Set<string>();
  const operations = new Set<string>();
  const first = new Coverage();
  const second = new Coverage();

  async function crashEverywhere(scenario: Scenario): Promise<void> {
    const rehearsal = await rehearse(scenario);
    for (const { operation } of journalOf(rehearsal.end.state)) operations.add(operation);
    const examiner = new CrashExaminer(rehearsal);
    await examiner.examine(rehearsal.end, 'no crash');
    const { deaths, coverage } = await dieEverywhere(
      rehearsal.sites,
      (number) => dieAt(rehearsal, number),
      async ({ site, remains }, i) =>
        void (await examiner.examine(remains, `crash at ${i}, ${site}`)),
    );
    for (const { site } of deaths) sites.add(site);
    const recoveries = new Coverage();
    // Outcomes are recorded by commits of clients' commands, of which recovery has none.
    for (const death of scenario.isKeyed ? [] : withOwnRecovery(deaths)) {
      recoveries.add(await dieRecovering(examiner, death));
    }
    first.add(coverage);
    second.add(recoveries);
    process.stdout.write(
      `crash points while ${scenario.name}: ${coverage.words}, in recoveries: ${recoveries.words}, ` +
        `different remains: ${examiner.distinctCount}\n`,
    );
  }

  it.each(SCENARIOS)('is mended, as is one during recovery, while $name', crashEverywhere);

  it('was tried in every operation there is, and at every call there is', () => {
    process.stdout.write(`crash points covered: ${first.words}, in recoveries: ${second.words}\n`);
    expect([first.covered, second.covered]).toEqual([first.enumerated, second.enumerated]);
    expect(first.covered).toBeGreaterThan(500);
    expect(second.covered).toBeGreaterThan(1_500);
    for (const [command, traces] of Object.entries(OPERATIONS_OF)) {
      const missing = traces.filter((operation) => !operations.has(operation));
      expect([command, ...missing]).toEqual([command]);
    }
    const { dataCoord, queryCoord, proxies } = lonelyPeers();
    const calls = [dataCoord, queryCoord, proxies].flatMap((peer) => Object.keys(peer));
    const places = ['a commit', 'an append', ...calls].flatMap((call) => [
      `before ${call}`,
      `after ${call}`,
    ]);
    expect([...sites].sort()).toEqual(places.sort());
  });
});
