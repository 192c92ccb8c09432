import { lonelyPeers } from '../../src/adapters/in-process/peers.js';
import { CoordError } from '../../src/domain/errors.js';
import type { CollectionId } from '../../src/domain/ids.js';
import type { Clock } from '../../src/ports/clock.js';
import type { ChannelMessage, MessageStream } from '../../src/ports/message-stream.js';
import type { MetaStore, Write } from '../../src/ports/meta-store.js';
import type { Peers } from '../../src/ports/peers.js';
import { decodeImage } from '../../src/root/catalog/collection.codec.js';
import { decodeEntry } from '../../src/root/catalog/journal.js';
import { KEYS } from './catalog-store.js';
import { ChannelWorld } from './channel-world.js';
import type { CollectionWork } from './collection-paths.js';
import { decodeChannelMsg } from './decode-channel-msg.js';
import type { FaultyMetaStore } from './faulty-meta-store.js';
import { withAppend } from './with-append.js';

type Verdict = 'done' | 'failed';

/**
 * The world around a coordinator, which does everything at once, except for one collection, the
 * subject: from `hold` on each piece of work on it waits until the test says how it ends.
 */
export class HeldWorld {
  #subject: CollectionId | undefined;
  #isHolding = false;
  readonly #channels = new ChannelWorld();
  readonly #pending = new Map<CollectionWork, (verdict: Verdict) => void>();
  readonly #awaited = new Map<CollectionWork, () => void>();

  /** From now on the first collection whose work begins is the subject. */
  hold(): void {
    this.#isHolding = true;
  }

  /** The subject is this one; without it, whichever comes first. */
  set subject(id: CollectionId) {
    this.#subject = id;
  }

  /** What waits for the test. */
  get pending(): readonly CollectionWork[] {
    return [...this.#pending.keys()];
  }

  /** Settles when this work on the subject has begun and waits. */
  begun(work: CollectionWork): Promise<void> {
    if (this.#pending.has(work)) return Promise.resolve();
    return new Promise((resolve) => this.#awaited.set(work, resolve));
  }

  /** Ends work that waits. */
  end(work: CollectionWork, verdict: Verdict): void {
    const finish = this.#pending.get(work);
    if (!finish) throw new Error(`${work} has not begun`);
    this.#pending.delete(work);
    finish(verdict);
  }

  /** The process whose work waits has died. */
  forget(): void {
    this.#pending.clear();
  }

  peers(): Peers {
    const call = (work: CollectionWork) => async (subject: CollectionId | { id: CollectionId }) => {
      const id = typeof subject === 'bigint' ? subject : subject.id;
      if ((await this.#verdict(work, id)) === 'done') return;
      throw CoordError.of('ServiceUnavailable', {}, `${work} fails by the test`);
    };
    const { dataCoord, queryCoord, proxies } = lonelyPeers();
    return {
      dataCoord: {
        ...dataCoord,
        watchChannels: call('watchChannels'),
        unwatchChannels: call('unwatchChannels'),
        dropIndexes: call('dropIndexes'),
        isGarbageCollected: async (id) =>
          (await this.#verdict('confirmGarbageCollected', id)) === 'done',
      },
      queryCoord: { ...queryCoord, releaseCollection: call('releaseCollection') },
      proxies: { ...proxies, expireCollection: call('expireCaches') },
    };
  }

  /** The channels of this world, as the process on `clock` uses them. */
  stream(clock: Clock): MessageStream {
    const stream = this.#channels.stream(clock);
    return withAppend(stream, async (channel, messages) => {
      const step = sentBy(messages);
      const verdict = step ? await this.#verdict(step.work, step.id) : 'done';
      if (verdict === 'done') return stream.append(channel, messages);
      throw CoordError.of('MessageStreamUnavailable', {}, 'the append fails by the test');
    });
  }

  /** The store of this world: what the subject's actor commits waits, and may be refused. */
  store(inner: FaultyMetaStore): MetaStore {
    return {
      limits: inner.limits,
      get: (key) => inner.get(key),
      scan: (prefix, options) => inner.scan(prefix, options),
      campaign: (candidate) => inner.campaign(candidate),
      close: () => inner.close(),
      commit: async (writes, fence) => {
        const step = stepOf(writes);
        const verdict = step ? await this.#verdict(step.work, step.id) : 'done';
        inner.faults = verdict === 'done' ? {} : { onCommit: () => ({ kind: 'refuse' }) };
        return inner.commit(writes, fence);
      },
    };
  }

  #verdict(work: CollectionWork, id: CollectionId): Promise<Verdict> | Verdict {
    if (!this.#isHolding) return 'done';
    this.#subject ??= id;
    if (id !== this.#subject) return 'done';
    return new Promise((resolve) => {
      this.#pending.set(work, resolve);
      this.#awaited.get(work)?.();
      this.#awaited.delete(work);
    });
  }
}

/** Which step in the life of a collection a message is. */
function sentBy(messages: readonly ChannelMessage[]) {
  const [message] = messages;
  const msg = message && decodeChannelMsg(message);
  switch (msg?.type) {
    case 'CreateCollection':
      return { work: 'sendCreate' as const, id: msg.body.collectionID as CollectionId };
    case 'DropCollection':
      return { work: 'sendDrop' as const, id: msg.body.collectionID as CollectionId };
    default:
      return undefined;
  }
}

/** Which step in the life of a collection a commit is, when an actor asked for it. */
function stepOf(writes: readonly Write[]): { work: CollectionWork; id: CollectionId } | undefined {
  const entry = writes.find(({ key }) => key.startsWith(KEYS.journal));
  const [change] = entry?.kind === 'put' ? decodeEntry(entry.value) : [];
  if (!change || change.before.length === 0) return undefined;
  const id = change.objectId as CollectionId;
  if (change.after.length === 0) return { work: 'purgeRecord', id };
  const { state } = decodeImage(change.after);
  if (state === 'Dropped') return { work: 'confirmDrop', id };
  return state === 'Created' ? { work: 'commitCreated', id } : undefined;
}
