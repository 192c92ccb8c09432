import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import type { ChangeEvent, ControlServiceClient } from '../../../src/gen/control.js';
import { ObjectKind } from '../../../src/gen/journal.js';
import { snapshotOf, WatchReader } from '../../kit/control-calls.js';
import { controlClients } from '../../kit/control-client.js';
import {
  databaseNamesAt,
  databaseNamesIn,
  liveRandomly,
  visibleAt,
  visibleIn,
} from '../../kit/control-world.js';
import { FeedFold } from '../../kit/feed-fold.js';
import { SeededRandom } from '../../kit/seeded-random.js';
import type { SuiteServer } from '../../kit/suite-server.js';

const WATCHERS_MAX = 256;
/** Streams one connection may have open at once. */
const STREAMS_MAX = 100;

/** Where everything stands that was committed so far. */
const sequenceNow = async (control: ControlServiceClient): Promise<bigint> =>
  (await snapshotOf(control, { databaseNames: ['default'] })).sequence;

/** The change feed through real gRPC. */
export function feedSuite(server: SuiteServer): void {
  describe('the change feed', () => {
    const client = controlClients(server);

    it('folded over a snapshot from any point is what Describe and Show say', async () => {
      const control = client();
      const fromStart = new WatchReader(control);
      const snapshots = [await snapshotOf(control)];
      for (let round = 0; round < 4; round++) {
        const lives = [1, 2, 3].map((life) =>
          liveRandomly(server.sdk, new SeededRandom(round * 10 + life), 25),
        );
        // In the midst of it: a snapshot takes no notice.
        snapshots.push(await snapshotOf(control));
        await Promise.all(lives);
        snapshots.push(await snapshotOf(control));
      }
      const last = await sequenceNow(control);
      const expected = await visibleAt(server.milvus);
      expect(expected.length).toBeGreaterThan(0);
      await fromStart.untilSequence(last);
      const folds = [new FeedFold().fold(fromStart.events)];
      for (const { objects, sequence } of snapshots) {
        const watch = new WatchReader(control, { afterSequence: sequence, onlyNew: false });
        await watch.untilSequence(last);
        // 0 begins with the oldest, which a snapshot of an empty journal would stand at.
        folds.push(new FeedFold().load(objects, sequence).fold(watch.events));
        watch.cancel();
      }
      for (const fold of folds) {
        expect(visibleIn(fold)).toEqual(expected);
        expect(databaseNamesIn(fold)).toEqual(await databaseNamesAt(server.milvus));
      }
      fromStart.cancel();
    });

    it('tells a watcher with a filter what matches, all of it and nothing else', async () => {
      const control = client();
      const filters = [
        { databaseNames: ['left'] },
        { databaseNames: ['right', 'left'], kinds: [ObjectKind.OBJECT_KIND_ALIAS] },
        { kinds: [ObjectKind.OBJECT_KIND_COLLECTION, ObjectKind.OBJECT_KIND_PARTITION] },
      ];
      const live = filters.map((filter) => new WatchReader(control, { onlyNew: true, filter }));
      await Promise.all(live.map((watch) => watch.begun()));
      const first = live[0]?.resumeSequence ?? 0n;
      await Promise.all([7, 8].map((seed) => liveRandomly(server.sdk, new SeededRandom(seed), 60)));
      const last = await sequenceNow(control);
      const all = new WatchReader(control);
      await Promise.all([all, ...live].map((watch) => watch.untilSequence(last)));
      const expected = filters.map((filter) => {
        const names = databaseIdsByName(all.events);
        return all.events
          .filter(({ sequence }) => sequence > first && sequence <= last)
          .filter((event) => isWanted(event, filter, names))
          .map(({ sequence }) => sequence);
      });
      const heard = live.map(({ events }) =>
        events.map(({ sequence }) => sequence).filter((sequence) => sequence <= last),
      );
      expect(heard).toEqual(expected);
      expect(expected.every((sequences) => sequences.length > 0)).toBe(true);
      for (const watch of [all, ...live]) watch.cancel();
    });

    it('refuses what has not happened yet, and kinds there are none of', async () => {
      const control = client();
      const future = await new WatchReader(control, { afterSequence: 10n ** 12n }).ended();
      expect(future.code).toBe(status.OUT_OF_RANGE);
      expect(future.details).toMatch(
        /^sequence out of range\[sequence=1000000000000\]\[newest=\d+\]: it has not happened yet$/,
      );
      const strange = { kinds: [ObjectKind.OBJECT_KIND_UNSPECIFIED] };
      const { code } = await new WatchReader(control, { filter: strange }).ended();
      expect(code).toBe(status.INVALID_ARGUMENT);
    });

    it('has room for so many watchers, and for others once they are gone', async () => {
      const clients = [client(), client(), client()];
      const clientOf = (i: number) => clients[Math.floor(i / STREAMS_MAX)] ?? client();
      const open = () =>
        Array.from(
          { length: WATCHERS_MAX },
          (_, i) => new WatchReader(clientOf(i), { onlyNew: true }),
        );
      const first = open();
      await Promise.all(first.map((watch) => watch.begun()));
      const { code, details } = await new WatchReader(clientOf(299), { onlyNew: true }).ended();
      expect({ code, details }).toEqual({
        code: status.RESOURCE_EXHAUSTED,
        details: 'more than 256 watchers at once',
      });
      for (const watch of first) watch.cancel();
      await Promise.all(first.map((watch) => watch.ended()));
      const second = open();
      await Promise.all(second.map((watch) => watch.begun()));
      for (const watch of second) watch.cancel();
    });
  });
}

interface Filter {
  readonly databaseNames?: readonly string[];
  readonly kinds?: readonly ObjectKind[];
}

/** Every id a database name ever had. */
function databaseIdsByName(events: readonly ChangeEvent[]): Map<string, Set<bigint>> {
  const ids = new Map<string, Set<bigint>>();
  for (const { before, after } of events) {
    const database = (after ?? before)?.database;
    if (!database) continue;
    ids.set(database.name, (ids.get(database.name) ?? new Set()).add(database.id));
  }
  return ids;
}

function isWanted(
  { kind, databaseId, before, after }: ChangeEvent,
  { databaseNames = [], kinds = [] }: Filter,
  names: ReadonlyMap<string, ReadonlySet<bigint>>,
): boolean {
  if (kinds.length > 0 && !kinds.includes(kind)) return false;
  if (databaseNames.length === 0) return true;
  const left = after ? (before?.collection?.info?.dbId ?? before?.alias?.dbId) : undefined;
  return databaseNames.some((name) =>
    [databaseId, left].some((id) => id !== undefined && names.get(name)?.has(id)),
  );
}
