import { assert, asyncProperty, constantFrom, array as listOf } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskId } from '../../../../src/domain/ids.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { DdTimeline } from '../../../../src/root/messages/dd-timeline.js';

const task = (id: number) => BigInt(id) as TaskId;

/** Timestamps 1, 2, 3 …; while `isDry` they have to be waited for. */
class Source {
  isDry = false;
  #last = 0n;
  readonly #waiting: ((timestamp: Timestamp) => void)[] = [];

  allocateNow(): Timestamp | undefined {
    return this.isDry ? undefined : this.#next();
  }

  allocate(): Promise<Timestamp> {
    if (!this.isDry) return Promise.resolve(this.#next());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  refill(): void {
    this.isDry = false;
    for (const resolve of this.#waiting.splice(0)) resolve(this.#next());
  }

  #next(): Timestamp {
    this.#last += 1n;
    return this.#last as Timestamp;
  }
}

function aTimeline() {
  const source = new Source();
  const timeline = new DdTimeline(source);
  const said: bigint[] = [];
  const say = (timestamp: Timestamp) => async () => {
    said.push(timestamp);
  };
  return { source, timeline, said, say };
}

describe('turns', () => {
  it('who is the oldest speaks within the call', async () => {
    const { timeline, said, say } = aTimeline();
    const first = await timeline.openTask(task(1));
    const spoken = timeline.speak(first, say(first));
    expect(said).toEqual([1n]);
    await spoken;
  });

  it('who is younger waits until all older ones have spoken, are silent or done', async () => {
    const { timeline, said, say } = aTimeline();
    const opened = [1, 2, 3].map((id) => timeline.openTask(task(id)) as Timestamp);
    const [one = 0n as Timestamp] = opened;
    const last = timeline.speakNow((timestamp) => say(timestamp)());
    await Promise.resolve();
    expect(said).toEqual([]);
    timeline.silence(task(2));
    timeline.close(task(3));
    expect(said).toEqual([]);
    await timeline.speak(one, say(one));
    await last;
    expect(said).toEqual([1n, 4n]);
  });

  it('a failed send is told to who asked for it, and the next one has its turn', async () => {
    const { timeline, said, say } = aTimeline();
    const fails = timeline.speakNow(() => Promise.reject(new Error('no disk')));
    await expect(fails).rejects.toThrow('no disk');
    await timeline.speakNow((timestamp) => say(timestamp)());
    expect(said).toEqual([2n]);
    expect(timeline.min).toBeUndefined();
  });

  it('nobody overtakes who waits for the disk', async () => {
    const { source, timeline, said, say } = aTimeline();
    source.isDry = true;
    const opened = timeline.openTask(task(1));
    await Promise.resolve();
    source.isDry = false;
    const second = timeline.speakNow((timestamp) => say(timestamp)());
    source.refill();
    const first = await opened;
    expect(first).toBe(1n);
    await timeline.speak(first, say(first));
    await second;
    expect(said).toEqual([1n, 2n]);
  });

  it('who could not have a timestamp keeps nobody waiting', async () => {
    const { said, say } = aTimeline();
    let isBroken = true;
    const timeline = new DdTimeline({
      allocateNow: () => undefined,
      allocate: async () => {
        if (isBroken) throw new Error('no disk');
        return 9n as Timestamp;
      },
    });
    await expect(timeline.openTask(task(1))).rejects.toThrow('no disk');
    isBroken = false;
    await timeline.speakNow((timestamp) => say(timestamp)());
    expect(said).toEqual([9n]);
  });

  it('refuses a second turn', async () => {
    const { timeline, say } = aTimeline();
    const first = await timeline.openTask(task(1));
    await timeline.speak(first, say(first));
    expect(() => timeline.speak(first, say(first))).toThrow('who speaks');
  });
});

describe('the oldest open timestamp', () => {
  it('is none when nothing is at work', () => {
    expect(aTimeline().timeline.min).toBeUndefined();
  });

  it('holds until its task is done, whether it spoke or not', async () => {
    const { timeline, say } = aTimeline();
    const first = await timeline.openTask(task(1));
    await timeline.openTask(task(2));
    await timeline.speak(first, say(first));
    timeline.silence(task(2));
    expect(timeline.min).toBe(1n);
    timeline.close(task(1));
    expect(timeline.min).toBe(2n);
    timeline.close(task(2));
    expect(timeline.min).toBeUndefined();
  });

  it('holds while a message of its own is on its way', async () => {
    const { timeline } = aTimeline();
    let arrived = () => {};
    const sent = timeline.speakNow(
      () =>
        new Promise<void>((resolve) => {
          arrived = resolve;
        }),
    );
    expect(timeline.min).toBe(1n);
    await Promise.resolve();
    arrived();
    await sent;
    expect(timeline.min).toBeUndefined();
  });

  it('is closed once, however often that is said', async () => {
    const { timeline } = aTimeline();
    await timeline.openTask(task(1));
    timeline.close(task(1));
    timeline.close(task(1));
    timeline.close(task(99));
    timeline.silence(task(1));
    expect(timeline.min).toBeUndefined();
  });
});

/** A step of a history; all but `open` and `speakNow` are about the oldest task they can be about. */
type Deed = 'open' | 'speak' | 'silence' | 'close' | 'speakNow';

/** Plays a history; ticks are taken after each step, as high as they may be. */
class Play {
  readonly said: Timestamp[] = [];
  /** Messages a tick had passed before they were said. */
  readonly late: Timestamp[] = [];
  readonly #timeline = new DdTimeline(new Source());
  readonly #open = new Map<TaskId, Timestamp>();
  readonly #silent = new Set<TaskId>();
  #tasks = 0;
  #tick = 0n;

  async step(deed: Deed): Promise<void> {
    await this.#do(deed);
    const { min } = this.#timeline;
    if (min !== undefined) this.#tick = min - 1n;
  }

  async #do(deed: Deed): Promise<void> {
    const [undecided] = this.#silent;
    const [oldest] = this.#open.keys();
    switch (deed) {
      case 'open':
        return this.#begin(task(++this.#tasks));
      case 'speakNow':
        return void this.#timeline.speakNow((own) => this.#say(own));
      case 'speak':
        if (undecided) void this.#speak(undecided);
        return;
      case 'silence':
        if (undecided) this.#timeline.silence(undecided);
        this.#silent.delete(undecided ?? task(0));
        return;
      case 'close':
        if (oldest) this.#timeline.close(oldest);
        this.#open.delete(oldest ?? task(0));
        this.#silent.delete(oldest ?? task(0));
    }
  }

  async #begin(id: TaskId): Promise<void> {
    this.#open.set(id, await this.#timeline.openTask(id));
    this.#silent.add(id);
  }

  #speak(id: TaskId): Promise<void> {
    this.#silent.delete(id);
    const own = this.#open.get(id) ?? (0n as Timestamp);
    return this.#timeline.speak(own, () => this.#say(own));
  }

  async #say(own: Timestamp): Promise<void> {
    this.said.push(own);
    if (own <= this.#tick) this.late.push(own);
  }
}

describe('any history', () => {
  it('is told in order, and no tick passes a message to come', async () => {
    const deeds = constantFrom<Deed[]>('open', 'speak', 'silence', 'close', 'speakNow');
    await assert(
      asyncProperty(listOf(deeds, { maxLength: 60 }), async (history) => {
        const play = new Play();
        for (const deed of history) await play.step(deed);
        expect(play.said).toEqual(play.said.toSorted((a, b) => Number(a - b)));
        expect(play.late).toEqual([]);
      }),
    );
  });
});
