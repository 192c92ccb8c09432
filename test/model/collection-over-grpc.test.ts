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

/** Events no running server brings about yet. */
const NOT_SERVED: ReadonlySet<string> = new Set([
  'collection.alter',
  'collection.undrop',
  'collection.sweep',
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

  /** An event of the machine, as it comes about in a running server. */
  async play({ type }: PlayedEvent): Promise<void> {
    if (type === 'collection.drop') return this.#drop();
    const [, kind, , name] = type.split('.');
    if (kind === 'after') return this.server.clock.advance(BACKOFF_MAX_MS);
    const work = COLLECTION_WORK.find((each) => each === name);
    if (!work) throw new Error(`no event of a server: ${type}`);
    if (work === 'waitWhileKept') return this.#outlastKeeping();
    this.#world.end(work, kind === 'done' ? 'done' : 'failed');
    // Time passed while the commit was held: the writer gives others a turn before it goes on.
    if (work === 'confirmDrop') await this.server.clock.advance(1);
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

  async #start(): Promise<void> {
    this.#server = await RunningCoordinator.start(this.#state, this.#world, KEEP_MS);
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

const createSubject = ({ milvus }: RunningCoordinator): Promise<Status> =>
  answerOf<Status>((done) =>
    milvus.createCollection(
      CreateCollectionRequest.create({
        collectionName: SUBJECT,
        schema: CollectionSchema.encode(aSchema(SUBJECT)).finish(),
      }),
      done,
    ),
  );

const dropSubject = ({ milvus }: RunningCoordinator): Promise<Status> =>
  answerOf<Status>((done) =>
    milvus.dropCollection(DropCollectionRequest.create({ collectionName: SUBJECT }), done),
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
  ['Created', 'watch'],
] as const)('from a %s record, origin %s', { timeout: 30_000 }, (from, origin) => {
  const paths: readonly PlayedPath[] = collectionPaths(
    from,
    origin,
    // A drop whose time is over is not kept any longer.
    ({ type, output }) => !NOT_SERVED.has(type) && output !== false,
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
