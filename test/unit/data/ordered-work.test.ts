import { describe, expect, it } from 'vitest';
import { OrderedWork } from '../../../src/domain/ordered-work.js';

/** Work that ends when the test says so. */
function held() {
  let finish = () => {};
  const promise = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { work: () => promise, finish };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('ordered work', () => {
  it('of one key is done in order, of another at once', async () => {
    const order = new OrderedWork<string>();
    const first = held();
    const done: string[] = [];
    const note = (word: string) => async () => void done.push(word);
    const all = [
      order.run('a', first.work).then(note('a1')),
      order.run('a', note('a2')),
      order.run('b', note('b1')),
    ];
    await settled();
    expect(done).toEqual(['b1']);
    first.finish();
    await Promise.all(all);
    expect(done).toContain('a1');
    expect(done).toContain('a2');
  });

  it('that fails lets the next begin', async () => {
    const order = new OrderedWork<string>();
    const failure = order.run('a', () => Promise.reject(new Error('no')));
    const next = order.run('a', async () => 'done');
    await expect(failure).rejects.toThrow('no');
    expect(await next).toBe('done');
  });

  it('is refused when too much waits, and taken again later', async () => {
    const order = new OrderedWork<string>();
    const first = held();
    const waiting = Array.from({ length: 1_024 }, () => order.run('a', first.work));
    await expect(order.run('b', first.work)).rejects.toMatchObject({ code: 4, retriable: true });
    first.finish();
    await Promise.all(waiting);
    expect(await order.run('b', async () => 'done')).toBe('done');
  });

  it('that was taken is done before it ends, and none is taken after', async () => {
    const order = new OrderedWork<string>();
    const first = held();
    const running = order.run('a', first.work);
    let isDrained = false;
    const drained = order.drain().then(() => {
      isDrained = true;
    });
    await expect(order.run('a', first.work)).rejects.toMatchObject({ code: 1 });
    await settled();
    expect(isDrained).toBe(false);
    first.finish();
    await Promise.all([running, drained]);
  });

  it('that has not begun is refused when all is let go of; what has begun goes on', async () => {
    const order = new OrderedWork<string>();
    const first = held();
    const running = order.run('a', first.work);
    const waiting = order.run('a', async () => 'done');
    await settled();
    order.close();
    await expect(order.run('b', async () => 'done')).rejects.toMatchObject({ code: 1 });
    first.finish();
    await running;
    await expect(waiting).rejects.toMatchObject({ code: 1 });
  });
});
