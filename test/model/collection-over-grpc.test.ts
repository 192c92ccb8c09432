import { afterAll, describe, expect, test } from 'vitest';
import { MemoryMetaState } from '../../src/adapters/memory/memory-meta-state.js';
import { type CollectionId, DEFAULT_DATABASE_ID } from '../../src/domain/ids.js';
import type { Status } from '../../src/gen/common.js';
import { CreateCollectionRequest, DropCollectionRequest } from '../../src/gen/milvus.js';
import { CollectionSchema } from '../../src/gen/schema.js';
import { answerOf } from '../kit/answer-of.js';
import { KEYS } from '../kit/catalog-store.js';
import { COLLECTION_WORK, type CollectionWork, collectionPaths } from '../kit/collection-paths.js';
import { HeldWorld } from '../kit/held-world.js';
import { type PlayedEvent, type PlayedPath, wordOf } from '../kit/machine-paths.js';
import { describeCollection, hasCollection, showCollections } from '../kit/milvus-calls.js';
import { aSchema } from '../kit/records.js';
import { describeAtRoot, namesAtRoot } from '../kit/root-calls.js';
import { ROOT_SETTINGS } from '../kit/root-runtime.js';
import { RunningCoordinator } from '../kit/running-coordinator.js';
import { expectNoOrphans, journalOf } from '../kit/store-invariants.js';
import { settled } from '../kit/virtual-clock.js';

const SUBJECT = 'subject';
/** Longer than any pause between two attempts. */
const BACKOFF_MAX_MS = 30_000;

/** A drop can be taken back for longer than the pauses on any path take together. */
const KEEP_MS = 4 * BACKOFF_MAX_MS;

/** More than the namesakes of the subject that are dropped on any path. */
const KEPT_MAX = 24;

/** So many that nobody is dismissed to make room for them. */
const RESIDENT_MAX = 4 * KEPT_MAX;

/** The sweeper looks this often for drops that are to become final. */
const SWEEP_MS = 5_000;

/** What has begun and waits in each state; in the others nothing does, or only time passes. */
const WORK_OF_STATE: Readonly<Record<string, CollectionWork>> = {
  'Creating.SendingCreate': 'sendCreate',
  'Creating.WatchingChannels': 'watchChannels',
  'Creating.Committing': 'commitCreated',
  'Creating.ExpiringCaches': 'expireCaches',
  'Undoing.SendingDrop': 'sendDrop',
  'Undoing.UnwatchingChannels': 'unwatchChannels',
  'Undoing.Purging': 'purgeRecord',
  'Dropping.ExpiringCaches': 'expireCaches',
  'Dropping.Releasing': 'releaseCollection',
  'Dropping.Confirming': 'confirmDrop',
  'Dropping.DroppingIndexes': 'dropIndexes',
  'Dropping.SendingDrop': 'sendDrop',
  'Dropping.UnwatchingChannels': 'unwatchChannels',
  'Dropping.ConfirmingGarbage': 'confirmGarbageCollected',
  'Dropping.Purging': 'purgeRecord',
};

/**
 * Events that are left out here. An alteration is announced by the calls that also expire caches,
 * which the world could not tell apart, and undrops are asked of another service: both are played
 * through RootCoord in test/model/crash-points.test.ts, and over gRPC in test/system/alterations and
 * test/system/undrop. Waiting by the clock rejects only when its actor is stopped, which plays no
 * event any more.
 */
const NOT_PLAYED: ReadonlySet<string> = new Set([
  'collection.alter',
  'collection.undrop',
  'xstate.error.actor.waitWhileKept',
]);

/** The one writer of the catalog waits for the held commit: nobody else can write meanwhile. */
const COMMITTING: ReadonlySet<string> = new Set([
  'Creating.Committing',
  'Undoing.Purging',
  'Dropping.Confirming',
  'Dropping.Purging',
]);

/** A collection is visible from the commit of Created to the commit of Dropping. */
const VISIBLE: ReadonlySet<string> = new Set(['Creating.ExpiringCaches', 'Created']);

/** How a client's request stands. */
type Reply = 'none' | 'waiting' | 'ok' | 'refused';

/** The states in which whoever asked for the create still waits for the answer. */
const isCreateWaiting = (word: string): boolean => word.startsWith('Creating.');

/** A server, its world, and the requests a client made about the subject. */
class Play {
  readonly #state = new MemoryMetaState();
  readonly #world = new HeldWorld();
  #server: RunningCoordinator | undefined;
  #id = 0n as CollectionId;
  create: Reply = 'none';
  drop: Reply = 'none';

  get server(): RunningCoordinator {
    if (!this.#server) throw new Error('the server was not started');
    return this.#server;
  }

  /** Brings the subject to where the machine starts from such a record. */
  async begin(from: 'Creating' | 'Created' | 'Dropping', origin: string): Promise<void> {
    if (origin === 'sweep') return this.#beginSwept();
    await this.#start();
    if (from === 'Creating') {
      this.#world.hold();
      this.#create();
      await this.#world.begun('sendCreate');
      this.#learnId();
    } else {
      await createSubject(this.server);
      this.#learnId();
      this.#world.hold();
    }
    if (from === 'Dropping') await this.#drop();
    if (origin === 'recovery') await this.#restart();
  }

  /** Nobody is awake who waits for the end of its time: the sweeper finds it is one too many. */
  async #beginSwept(): Promise<void> {
    await this.#start(0);
    await createSubject(this.server);
    this.#learnId();
    await dropSubject(this.server);
    await untilQuiet();
    this.#world.hold();
    await this.#crowdOut();
  }

  /** An event of the machine, as it comes about in a running server. */
  async play({ type }: PlayedEvent): Promise<void> {
    if (type === 'collection.drop') return this.#drop();
    if (type === 'collection.sweep') return this.#crowdOut();
    const [, kind, , name] = type.split('.');
    if (kind === 'after') return this.server.clock.advance(BACKOFF_MAX_MS);
    const work = COLLECTION_WORK.find((each) => each === name);
    if (!work) throw new Error(`no event of a server: ${type}`);
    if (work === 'waitWhileKept') return this.#outlastKeeping();
    this.#world.end(work, kind === 'done' ? 'done' : 'failed');
    // Time passed while the commit was held: the writer gives others a turn before it goes on.
    if (work === 'confirmDrop') await this.server.clock.advance(1);
  }

  /** So many others are dropped that the subject's, the oldest, is one too many for the sweeper. */
  async #crowdOut(): Promise<void> {
    const names = Array.from({ length: KEPT_MAX }, (_, i) => `other_${i}`);
    await Promise.all(names.map((name) => createSubject(this.server, name)));
    await Promise.all(names.map((name) => dropSubject(this.server, name)));
    await this.server.clock.advance(SWEEP_MS);
  }

  async #drop(): Promise<void> {
    this.drop = 'waiting';
    void dropSubject(this.server).then(
      (status) => {
        this.drop = status.code === 0 ? 'ok' : 'refused';
      },
      () => {},
    );
    await this.#world.begun('expireCaches');
  }

  /** Waits until the server is where the machine says it is. */
  async reach(word: string): Promise<void> {
    const work = WORK_OF_STATE[word];
    if (work) await this.#world.begun(work);
    await untilQuiet();
    expect(this.#world.pending).toEqual(work ? [work] : []);
  }

  /** What a client may see in this state, asked over both services. */
  async expectSeen(word: string): Promise<void> {
    if (VISIBLE.has(word)) await expectVisible(this.server, this.#id);
    else await expectHidden(this.server, this.#id);
    await expectNoOrphans(this.#state);
    if (word === 'Dropped') await this.#expectNoKey();
    if (this.#isNameFree(word)) await this.#expectNameReusable();
  }

  #isNameFree(word: string): boolean {
    const isWriterHeld = COMMITTING.has(word);
    return (
      !VISIBLE.has(word) && !isWriterHeld && this.create !== 'waiting' && this.drop !== 'waiting'
    );
  }

  /** A namesake can be created, is what clients see, and leaves the subject alone when it goes. */
  async #expectNameReusable(): Promise<void> {
    expect(await createSubject(this.server)).toMatchObject({ code: 0 });
    const { collectionID } = await describeCollection(this.server.milvus, {
      collectionName: SUBJECT,
    });
    expect(collectionID).toBeGreaterThan(this.#id);
    await expectVisible(this.server, collectionID);
    expect(await dropSubject(this.server)).toMatchObject({ code: 0 });
    await untilQuiet();
    await expectHidden(this.server, collectionID);
  }

  /** The journal remembers it; no other key does. */
  async #expectNoKey(): Promise<void> {
    // Namesakes were created and dropped on the way: they are kept, too.
    await this.#outlastKeeping();
    const keys = this.#state.snapshot('by-dev/meta/').map(({ key }) => key);
    expect(keys.filter((key) => key.split('/').includes(String(this.#id)))).toEqual([]);
    expect(keys).toEqual([KEYS.database(DEFAULT_DATABASE_ID)]);
  }

  async end(): Promise<void> {
    await this.server.kill();
    this.#world.forget();
  }

  async #start(residentMax = RESIDENT_MAX): Promise<void> {
    const rules = { undropKeepMs: KEEP_MS, keptMax: KEPT_MAX };
    this.#server = await RunningCoordinator.start(this.#state, this.#world, rules, residentMax);
  }

  /** After a restart timestamps are ahead of the clock by what the process before had saved. */
  #outlastKeeping(): Promise<void> {
    return this.server.clock.advance(KEEP_MS + 2 * ROOT_SETTINGS.timestampWindowMs);
  }

  async #restart(): Promise<void> {
    await this.end();
    this.create = 'none';
    this.drop = 'none';
    await this.#start();
  }

  #create(): void {
    this.create = 'waiting';
    void createSubject(this.server).then(
      (status) => {
        this.create = status.code === 0 ? 'ok' : 'refused';
      },
      () => {},
    );
  }

  #learnId(): void {
    const created = journalOf(this.#state).find(({ objectId }) => objectId > 1n);
    this.#id = (created?.objectId ?? 0n) as CollectionId;
    this.#world.subject = this.#id;
  }
}

const createSubject = ({ milvus }: RunningCoordinator, collectionName = SUBJECT): Promise<Status> =>
  answerOf<Status>((done) =>
    milvus.createCollection(
      CreateCollectionRequest.create({
        collectionName,
        schema: CollectionSchema.encode(aSchema(collectionName)).finish(),
      }),
      done,
    ),
  );

const dropSubject = ({ milvus }: RunningCoordinator, collectionName = SUBJECT): Promise<Status> =>
  answerOf<Status>((done) =>
    milvus.dropCollection(DropCollectionRequest.create({ collectionName }), done),
  );

async function expectVisible({ milvus, rootCoord }: RunningCoordinator, id: bigint): Promise<void> {
  expect((await hasCollection(milvus, { collectionName: SUBJECT })).value).toBe(true);
  expect((await showCollections(milvus)).collectionIds).toEqual([id]);
  expect(await namesAtRoot(rootCoord)).toEqual([SUBJECT]);
  for (const reply of [
    await describeCollection(milvus, { collectionName: SUBJECT }),
    await describeCollection(milvus, { collectionID: id }),
    await describeAtRoot(rootCoord, SUBJECT),
  ]) {
    expect(reply).toMatchObject({ status: { code: 0 }, collectionID: id, collectionName: SUBJECT });
    expect(reply.schema?.fields.slice(0, 2).map(({ name }) => name)).toEqual(['id', 'vector']);
  }
}

async function expectHidden({ milvus, rootCoord }: RunningCoordinator, id: bigint): Promise<void> {
  expect(await hasCollection(milvus, { collectionName: SUBJECT })).toMatchObject({
    status: { code: 0 },
    value: false,
  });
  expect((await showCollections(milvus)).collectionNames).toEqual([]);
  expect(await namesAtRoot(rootCoord)).toEqual([]);
  const byName = await describeCollection(milvus, { collectionName: SUBJECT });
  expect(byName.status).toMatchObject({
    code: 100,
    errorCode: 4,
    reason: `can't find collection[database=default][collection=${SUBJECT}]`,
  });
  expect((await describeCollection(milvus, { collectionID: id })).status?.code).toBe(100);
  expect((await describeAtRoot(rootCoord, SUBJECT)).status?.code).toBe(100);
}

/** Requests, answers and timers of this process have all run their course. */
async function untilQuiet(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await settled();
}

let statesChecked = 0;
afterAll(() => {
  process.stdout.write(`collection over gRPC: ${statesChecked} states checked\n`);
});

describe.each([
  ['Creating', 'ddl'],
  ['Creating', 'recovery'],
  ['Dropping', 'recovery'],
  ['Dropping', 'sweep'],
  ['Created', 'watch'],
] as const)('from a %s record, origin %s', { timeout: 30_000 }, (from, origin) => {
  const paths: readonly PlayedPath[] = collectionPaths(
    from,
    origin,
    // Whether a drop is still kept is decided by the writer of the catalog, before any call that the
    // world could hold: test/machines/root/collection.paths.test.ts plays that it is, and
    // test/unit/root/lifecycle/kept-drops.test.ts that it is asked too early.
    ({ type, output }) => !NOT_PLAYED.has(type) && output !== false,
  );

  test.each(paths.map((path) => [path.title, path] as const))('%s', async (_title, path) => {
    const play = new Play();
    await play.begin(from, origin);
    const words = path.states.map(wordOf);
    let wasCreated = false;
    let wasDropped = false;
    for (const [i, word] of words.entries()) {
      const event = path.events[i - 1];
      if (event) await play.play(event);
      await play.reach(word);
      wasCreated ||= word === 'Created';
      await play.expectSeen(word);
      if (origin === 'ddl') {
        expect(play.create).toBe(isCreateWaiting(word) ? 'waiting' : wasCreated ? 'ok' : 'refused');
      }
      wasDropped ||= play.drop !== 'none' && word !== 'Dropping.ExpiringCaches';
      if (play.drop !== 'none') expect(play.drop).toBe(wasDropped ? 'ok' : 'waiting');
      statesChecked++;
    }
    await play.end();
  });
});
