import { connect } from 'node:net';
import {
  createBrowserReceiver,
  createInspector as createTheirs,
  createWebSocketReceiver,
  type StatelyInspectionEvent,
} from '@statelyai/inspect';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { assign, createActor, fromPromise, type InspectionEvent, setup } from 'xstate';
import { SystemClock } from '../../../src/adapters/clock/system-clock.js';
import { createInspector, type Inspector } from '../../../src/observe/inspector.js';
import type { Clock } from '../../../src/ports/clock.js';
import { playPage } from '../../kit/inspector-page.js';
import { silentLogger } from '../../kit/silent-logger.js';
import { settled, VirtualClock } from '../../kit/virtual-clock.js';

const TOKEN = 'a-token-for-tests-only';

const opened: Inspector[] = [];

async function open(clock: Clock = new SystemClock(), port = 0): Promise<Inspector> {
  const options = { ip: '127.0.0.1', port, token: TOKEN, clock, log: silentLogger };
  const inspector = await createInspector(options);
  opened.push(inspector);
  return inspector;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((inspector) => inspector.close()));
});

const wsUrl = ({ url }: Inspector) => url.replace(/^http/, 'ws');

const collection = setup({
  types: {
    context: {} as { id: bigint; count: number; padding: string[] },
    events: {} as { type: 'collection.add'; ts?: bigint } | { type: 'collection.drop' },
    input: {} as { padding?: string[] } | undefined,
  },
  actions: { add: assign({ count: ({ context }) => context.count + 1 }) },
}).createMachine({
  id: 'collection',
  initial: 'Created',
  context: ({ input }) => ({ id: 449812345678901235n, count: 0, padding: input?.padding ?? [] }),
  states: {
    Created: {
      description: 'Usable',
      on: { 'collection.add': { actions: 'add' }, 'collection.drop': 'Dropping' },
    },
    Dropping: {},
  },
});

/** What a subscriber was told, and a promise for the moment it was told something. */
function listen(subscribe: (next: (told: StatelyInspectionEvent) => void) => void) {
  const told: StatelyInspectionEvent[] = [];
  const waiting = new Set<() => void>();
  subscribe((one) => {
    told.push(one);
    for (const check of waiting) check();
  });
  const until = (isIt: (one: StatelyInspectionEvent) => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!told.some(isIt)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { told, until };
}

/** Watches with the public receiver of `@statelyai/inspect`. */
const watch = (inspector: Inspector) =>
  listen((next) => createWebSocketReceiver({ server: wsUrl(inspector) }).subscribe(next));

const hasCount = (count: number) => (one: StatelyInspectionEvent) =>
  one.type === '@xstate.snapshot' && 'context' in one.snapshot && sees(one.snapshot.context, count);

const sees = (context: unknown, count: number) =>
  typeof context === 'object' && context !== null && 'count' in context && context.count === count;

/** How the server ends an attempt to watch: `open`, or the status it refuses with. */
const attempt = (url: string, headers: Record<string, string> = {}): Promise<number | 'open'> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url, { headers });
    socket.once('open', () => {
      socket.terminate();
      resolve('open');
    });
    socket.once('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      resolve(statusCode ?? 0);
    });
    socket.on('error', () => {});
  });

describe('a watcher', () => {
  it('sees every digit of a 64-bit id in definition, events and snapshots', async () => {
    const inspector = await open();
    const watcher = watch(inspector);
    const actor = createActor(collection, { inspect: inspector.inspect }).start();
    actor.send({ type: 'collection.add', ts: 449812345678901237n });
    await watcher.until(hasCount(1));
    const [introduced, , , sent, after] = watcher.told;
    expect(introduced).toMatchObject({
      type: '@xstate.actor',
      name: 'collection',
      snapshot: { context: { id: '449812345678901235' } },
    });
    expect(sent).toMatchObject({ event: { ts: '449812345678901237' } });
    expect(after).toMatchObject({ snapshot: { context: { id: '449812345678901235', count: 1 } } });
  });

  it('is told the very messages the package would send', async () => {
    const machine = setup({
      actors: { work: fromPromise(() => new Promise(() => {})) },
      guards: { isFree: () => true },
    }).createMachine({
      id: 'plain',
      initial: 'Idle',
      context: { name: 'book' },
      states: {
        Idle: { tags: 'calm', on: { go: { guard: 'isFree', target: 'Working' } } },
        Working: { invoke: { src: 'work', id: 'work' }, on: { go: { guard: () => false } } },
      },
    });
    const theirs: unknown[] = [];
    const send = (one: StatelyInspectionEvent) => theirs.push(JSON.parse(JSON.stringify(one)));
    const { inspect } = createTheirs({ send });
    const inspector = await open();
    const watcher = watch(inspector);
    const both = (event: InspectionEvent) => {
      inspect.next?.(event);
      inspector.inspect(event);
    };
    const actor = createActor(machine, { inspect: both }).start();
    // Theirs reads an actor's first snapshot a moment later; by then it must not have changed.
    await watcher.until(({ type }) => type === '@xstate.snapshot');
    while (theirs.length < 3) await settled();
    actor.send({ type: 'go' });
    await watcher.until((one) => one.type === '@xstate.snapshot' && one.event.type === 'go');
    while (theirs.length < 8) await settled();
    expect(watcher.told.map(comparable)).toEqual(theirs.map(comparable));
    actor.stop();
  });

  it('who comes late sees the present', async () => {
    const inspector = await open();
    const quiet = createActor(collection, { inspect: inspector.inspect }).start();
    quiet.send({ type: 'collection.drop' });
    const busy = createActor(collection, { inspect: inspector.inspect }).start();
    for (let i = 0; i < 1_500; i++) busy.send({ type: 'collection.add' });
    const late = watch(inspector);
    await late.until(hasCount(1_500));
    expect(late.told[0]).toMatchObject({
      type: '@xstate.actor',
      sessionId: quiet.sessionId,
      snapshot: { value: 'Dropping' },
    });
    busy.send({ type: 'collection.add' });
    await late.until(hasCount(1_501));
  });

  it('who reads too slowly is cut off, while nobody else waits', async () => {
    const inspector = await open();
    const padding = Array.from({ length: 15 }, () => 'x'.repeat(1_000));
    const actor = createActor(collection, {
      inspect: inspector.inspect,
      input: { padding },
    }).start();
    const slow = new WebSocket(wsUrl(inspector));
    const cutOff = new Promise<'cut off'>((resolve) =>
      slow.once('close', () => resolve('cut off')),
    );
    await new Promise((resolve) => slow.once('open', resolve));
    slow.pause();
    const good = watch(inspector);
    // 30 MiB: far beyond what the kernel takes in (about 10) and what we keep (8).
    for (let count = 40; count <= 2_000; count += 40) {
      for (let i = 0; i < 40; i++) actor.send({ type: 'collection.add' });
      expect(actor.getSnapshot().context.count).toBe(count);
      await good.until(hasCount(count));
      good.told.length = 0;
    }
    slow.resume();
    expect(await cutOff).toBe('cut off');
  }, 20_000);

  it('who joins in the middle of a batch is told nothing twice', async () => {
    const clock = new VirtualClock();
    const inspector = await open(clock);
    const actor = createActor(collection, { inspect: inspector.inspect }).start();
    const first = watch(inspector);
    await first.until(hasCount(0));
    actor.send({ type: 'collection.add' });
    expect(clock.timerCount).toBe(1);
    const second = watch(inspector);
    await second.until(hasCount(1));
    actor.send({ type: 'collection.add' });
    await clock.advance(20);
    await Promise.all([first, second].map(({ until }) => until(hasCount(2))));
    expect(first.told).toHaveLength(7);
    expect(second.told).toEqual(first.told);
  });

  it('who shouts is cut off', async () => {
    const inspector = await open();
    const shouter = new WebSocket(wsUrl(inspector));
    const closed = new Promise<number>((resolve) => shouter.once('close', resolve));
    shouter.once('open', () => shouter.send('x'.repeat(100_000)));
    expect(await closed).toBe(1009);
  });

  it('never harms the actor by what its context does', async () => {
    const inspector = await open();
    const trap = {
      get broken(): never {
        throw new Error('no');
      },
    };
    const machine = setup({ types: { context: {} as { trap: unknown } } }).createMachine({
      context: { trap },
      on: { go: {} },
    });
    const actor = createActor(machine, { inspect: inspector.inspect }).start();
    actor.send({ type: 'go' });
    expect(actor.getSnapshot().status).toBe('active');
    const watcher = watch(inspector);
    await watcher.until(({ type }) => type === '@xstate.snapshot');
    expect(watcher.told.at(-1)).toMatchObject({ snapshot: '[unreadable]' });
  });
});

/** A message without what differs by nature: the moment, and the order of a definition's keys. */
function comparable(message: unknown): unknown {
  const { createdAt, ...rest } = JSON.parse(JSON.stringify(message));
  expect(createdAt).toMatch(/^\d{13}$/);
  return 'definition' in rest ? { ...rest, definition: JSON.parse(rest.definition) } : rest;
}

describe('the inspector', () => {
  it('admits nobody without the token, from a foreign page or by a foreign name', async () => {
    const inspector = await open();
    const bare = wsUrl(inspector).replace(/\?.*/, '');
    const { host } = new URL(inspector.url);
    expect(await attempt(wsUrl(inspector))).toBe('open');
    expect(await attempt(wsUrl(inspector), { Origin: `http://${host}` })).toBe('open');
    expect(await attempt(bare)).toBe(401);
    expect(await attempt(`${bare}?token=${TOKEN}x`)).toBe(401);
    expect(await attempt(wsUrl(inspector), { Origin: 'https://stately.ai' })).toBe(403);
    expect(await attempt(wsUrl(inspector), { Host: 'rebound.example' })).toBe(403);
    const httpBare = inspector.url.replace(/\?.*/, '');
    expect((await fetch(httpBare)).status).toBe(401);
    expect((await fetch(inspector.url, { method: 'POST' })).status).toBe(404);
    expect((await fetch(inspector.url.replace('/?', '/x?'))).status).toBe(404);
  });

  it('takes eight watchers, and another once one left', async () => {
    const inspector = await open();
    const sockets = Array.from({ length: 8 }, () => new WebSocket(wsUrl(inspector)));
    await Promise.all(sockets.map((s) => new Promise((resolve) => s.once('open', resolve))));
    expect(await attempt(wsUrl(inspector))).toBe(503);
    sockets[0]?.close();
    await new Promise((resolve) => sockets[0]?.once('close', resolve));
    expect(await attempt(wsUrl(inspector))).toBe('open');
  });

  it('listens on loopback only, with a token worth the name, on a port that is free', async () => {
    const inspector = await open();
    const port = Number(new URL(inspector.url).port);
    const options = { ip: '127.0.0.1', port, token: TOKEN, clock: new SystemClock() };
    const create = (change: object) =>
      createInspector({ ...options, log: silentLogger, ...change });
    await expect(create({ ip: '0.0.0.0' })).rejects.toMatchObject({ kind: 'ParameterInvalid' });
    await expect(create({ token: 'short' })).rejects.toMatchObject({ kind: 'ParameterInvalid' });
    await expect(create({})).rejects.toMatchObject({
      kind: 'ServiceUnavailable',
      message: `the inspector cannot listen on 127.0.0.1:${port}: the port is already in use`,
    });
  });

  it('leaves nothing behind on close, refused and half-open connections included', async () => {
    const clock = new VirtualClock();
    const inspector = await createInspector({
      ...{ ip: '127.0.0.1', port: 0, token: TOKEN, clock, log: silentLogger },
    });
    const port = Number(new URL(inspector.url).port);
    const actor = createActor(collection, { inspect: inspector.inspect }).start();
    const watcher = new WebSocket(wsUrl(inspector));
    const joined = new Promise((resolve) => watcher.once('open', resolve));
    const silent = connect(port, '127.0.0.1')
      .on('error', () => {})
      .resume();
    const refused = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    refused
      .on('error', () => {})
      .write('GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    await new Promise((resolve) => refused.once('data', resolve));
    await joined;
    actor.send({ type: 'collection.add' });
    expect(clock.timerCount).toBe(1);
    const ends = [watcher, silent].map((s) => new Promise((resolve) => s.once('close', resolve)));
    await inspector.close();
    await Promise.all(ends);
    refused.destroy();
    expect(clock.timerCount).toBe(0);
    let isRead = false;
    actor.send({
      type: 'collection.add',
      get ts() {
        isRead = true;
        return 1n;
      },
    });
    expect(isRead).toBe(false);
    await open(new SystemClock(), port);
  });
});

describe('the page', () => {
  it('feeds the receiver behind the frame, and nobody else', async () => {
    const inspector = await open();
    const response = await fetch(inspector.url);
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    const page = playPage(await response.text(), new URL(inspector.url));
    const data = { type: '@statelyai.connected' };
    page.say({ source: {}, origin: 'https://evil.example', data });
    expect(page.played.connections).toBe(0);
    const { frameWindow: window } = page;
    const frame = listen((next) => createBrowserReceiver({ window }).subscribe(next));
    const actor = createActor(collection, { inspect: inspector.inspect }).start();
    actor.send({ type: 'collection.add', ts: 449812345678901237n });
    await frame.until(hasCount(1));
    expect(frame.told[0]).toMatchObject({ type: '@xstate.actor', name: 'collection' });
    expect(page.played).toEqual({ connections: 1, targets: new Set(['https://stately.ai']) });
  });
});
