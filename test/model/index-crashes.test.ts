import { describe, expect, it } from 'vitest';
import type { IndexRecord } from '../../src/domain/indexes/index-record.js';
import { FieldIndex } from '../../src/gen/index_coord.js';
import { type IndexDeath, type IndexRehearsal, rehearseIndexes } from '../kit/index-deaths.js';
import { INDEX_LIVES, type IndexLife } from '../kit/index-deeds.js';
import { copyOfDisk, IndexedProcess, type IndexPicture } from '../kit/indexed-process.js';
import { expectNoOrphans } from '../kit/store-invariants.js';

/** Longer than everything recovery has to do. */
const RECOVERY_MS = 500;
const FIELD_INDEXES = 'by-dev/meta/field-index/';
const SEGMENT_INDEXES = 'by-dev/meta/segment-index/';

const nothing: readonly IndexRecord[] = [];

/** Everything answered is there; of what was not, each index is there wholly or not at all. */
function expectAsAnswered(
  found: IndexPicture,
  { begun, answered }: IndexDeath,
  { pictures }: IndexRehearsal,
  uncertain: string | undefined,
): void {
  const [before = {}, after = {}] = [pictures[answered], pictures[begun]];
  for (const name of new Set([before, after, found].flatMap(Object.keys))) {
    if (name === uncertain) continue;
    if (!before[name] || !after[name]) {
      // A collection comes without indexes and goes with all of them.
      expect([before[name], after[name]]).toContainEqual(found[name]);
      continue;
    }
    const indexes = found[name] ?? nothing;
    const known = [...before[name], ...after[name]];
    for (const index of indexes)
      expect([name, known]).toEqual([name, expect.arrayContaining([index])]);
    const ids = new Set(indexes.map(({ id }) => id));
    expect(ids.size).toBe(indexes.length);
    const staying = new Set(after[name].map(({ id }) => id));
    const lost = before[name].filter(({ id }) => staying.has(id) && !ids.has(id));
    expect([name, lost]).toEqual([name, []]);
  }
}

/** Every key is that of an index of a collection that is there, or its files are still there. */
async function expectOwnedKeys({ state, root, indexes }: IndexedProcess): Promise<void> {
  const inventory = root.inventory.collectionIds([], true);
  const collectionIds = inventory.flatMap((database) => database.collectionIds);
  const owned = collectionIds.flatMap((collectionId) =>
    indexes.find({ collectionId, name: '' }).map(({ id }) => `${collectionId}/${id}`),
  );
  const garbage = state
    .snapshot(FIELD_INDEXES)
    .filter(({ value }) => FieldIndex.decode(value).deleted)
    .map(({ key }) => key.slice(FIELD_INDEXES.length));
  for (const key of garbage) {
    const files = `${SEGMENT_INDEXES}${key.slice(0, key.indexOf('/') + 1)}`;
    expect(state.snapshot(files), `garbage ${key}`).not.toEqual([]);
  }
  const keys = state.snapshot(FIELD_INDEXES).map(({ key }) => key.slice(FIELD_INDEXES.length));
  expect(keys.sort()).toEqual([...owned, ...garbage].sort());
  const isRoots = (key: string) =>
    !key.startsWith(FIELD_INDEXES) && !key.startsWith(SEGMENT_INDEXES);
  await expectNoOrphans(copyOfDisk({ state, nowMs: 0 }, isRoots).state);
}

/** What remains of a picture when ids and times are left out. */
const wordsOf = (picture: IndexPicture): string[] =>
  Object.entries(picture)
    .flatMap(([collection, indexes]) => [
      collection,
      ...indexes.map(
        ({ name, fieldId, indexParams }) =>
          `${collection}/${name} on ${fieldId}: ${JSON.stringify(indexParams)}`,
      ),
    ])
    .sort();

/** Clients ask again for what was not answered, and go on to the end. */
async function liveOn(
  process: IndexedProcess,
  life: IndexLife,
  death: IndexDeath,
  rest: IndexRehearsal,
) {
  for (const [i, { run, restMs }] of life.deeds.entries()) {
    if (i < death.answered) continue;
    const wanted = wordsOf(rest.pictures[i + 1] ?? {});
    const now = wordsOf(process.picture(life.collections));
    // What was done, but not answered for, is found done.
    const isDone = i < death.begun && now.join() === wanted.join();
    if (!isDone) await run(process);
    await process.clock.advance(restMs);
    expect(wordsOf(process.picture(life.collections))).toEqual(wanted);
  }
}

/** Starts again on what a death left, looks around, and lives on. */
async function examine(life: IndexLife, death: IndexDeath, rehearsal: IndexRehearsal) {
  const process = await IndexedProcess.start(copyOfDisk(death.disk), life.keepMs);
  const uncertain = life.deeds[death.begun - 1]?.uncertain;
  expectAsAnswered(process.picture(life.collections), death, rehearsal, uncertain);
  await process.clock.advance(RECOVERY_MS);
  expectAsAnswered(process.picture(life.collections), death, rehearsal, uncertain);
  await expectOwnedKeys(process);
  await liveOn(process, life, death, rehearsal);
  await process.clock.advance(RECOVERY_MS);
  await expectOwnedKeys(process);
  expect(process.broken).toEqual([]);
  process.end();
}

/**
 * Every commit of either coordinator, and every call between them, is a place to die at, once
 * before it and once after it but before the process hears of it.
 */
describe('a crash at any commit of indexes and of their collections', { timeout: 120_000 }, () => {
  it.each(INDEX_LIVES)('keeps what was answered for, and no pieces, while $name', async (life) => {
    const rehearsal = await rehearseIndexes(life);
    let covered = 0;
    for (const [i, death] of rehearsal.deaths.entries()) {
      const doing = life.deeds[death.begun - 1]?.words ?? 'starting';
      await examine(life, death, rehearsal).catch((caught: unknown) => {
        throw new Error(`crash at ${i}, ${death.site}, "${doing}"`, { cause: caught });
      });
      covered++;
    }
    const { length } = rehearsal.deaths;
    process.stdout.write(`crash points while ${life.name}: ${covered} of ${length}\n`);
    expect(covered).toBeGreaterThan(100);
    const sites = new Set(rehearsal.deaths.map(({ site }) => site));
    for (const site of ['commit', 'dropIndexes']) {
      expect([...sites].filter((each) => each.endsWith(site))).toHaveLength(2);
    }
  });
});
