import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createActor } from 'xstate';
import {
  type ProxySessionFact,
  proxySessionMachine,
} from '../../../machines/root/proxy-session.machine.js';
import {
  after as delayOver,
  HeldWork,
  statesOf,
  transitionsOf,
  transitionsTaken,
  wordOf,
  wordsOf,
} from '../../kit/machine-paths.js';
import {
  RESUMED_INPUT,
  SESSION_EVENTS,
  SESSION_INPUT,
  sessionPaths,
} from '../../kit/proxy-session-paths.js';

const JOINS = ['session.joined', 'session.resumed', 'session.returned'];

function startSession(input = SESSION_INPUT) {
  const held = new HeldWork();
  const facts: ProxySessionFact[] = [];
  const actor = createActor(proxySessionMachine, { clock: held.clock, input });
  actor.on('*', (fact) => facts.push(fact));
  actor.start();
  return { actor, held, facts };
}

const report = { type: 'session.report' } as const;
const fallSilent = { type: 'session.fallSilent' } as const;
const register = { type: 'session.register' } as const;
const expire = { type: 'session.expire' } as const;
const leave = { type: 'session.leave' } as const;

/** Whether whoever believes the facts lets the time ticks wait for the proxy. */
function isHolding(facts: readonly ProxySessionFact[]): boolean {
  let holds = false;
  for (const { type } of facts) {
    if (JOINS.includes(type)) holds = true;
    if (type === 'session.lost' || type === 'session.gone') holds = false;
  }
  return holds;
}

describe('every path', () => {
  const paths = sessionPaths();
  const played = [
    ...paths.map((path) => ({ begin: 'anew', input: SESSION_INPUT, path })),
    ...sessionPaths(RESUMED_INPUT).map((path) => ({
      begin: 'resumed',
      input: RESUMED_INPUT,
      path,
    })),
  ].map((play) => ({ ...play, title: `${play.begin}: ${play.path.title}` }));

  test.each(played)('$title', async ({ input, path }) => {
    const { actor, held, facts } = startSession(input);
    expect(actor.getSnapshot().value).toEqual(path.states[0]);
    for (const [i, event] of path.events.entries()) {
      const own = SESSION_EVENTS.find((known) => known === event);
      const told = facts.length;
      if (own) actor.send(own);
      else await held.play(event);
      const word = wordOf(actor.getSnapshot().value);
      expect(actor.getSnapshot().value).toEqual(path.states[i + 1]);
      expect(facts.length - told).toBeLessThanOrEqual(1);
      expect(isHolding(facts)).toBe(['Joining', 'Active', 'Lagging'].includes(word));
    }
    actor.stop();
  });

  it('walks every state an actor can stay in and every transition', () => {
    const walked = new Set(paths.flatMap(({ states }) => states.map(wordOf)));
    expect(wordsOf(proxySessionMachine).filter((word) => !walked.has(word))).toEqual([]);
    const taken = transitionsTaken(proxySessionMachine, paths);
    expect(taken.size).toBeGreaterThan(12);
    expect(transitionsOf(proxySessionMachine).filter((word) => !taken.has(word))).toEqual([]);
  });

  it('describes every state', () => {
    const silent = statesOf(proxySessionMachine).filter((node) => !node.description);
    expect(silent.map((node) => node.id)).toEqual([]);
  });
});

describe('how long the ticks wait', () => {
  const waiting = fc.constantFrom(
    { name: 'Joining', events: [], delayMs: SESSION_INPUT.graceMs },
    { name: 'Lagging', events: [report, fallSilent], delayMs: SESSION_INPUT.patienceMs },
  );

  it('is the grace of one that never reported and the lease of a silent one, to the millisecond', () => {
    fc.assert(
      fc.property(waiting, ({ name, events, delayMs }) => {
        const { actor, held } = startSession();
        for (const event of events) actor.send(event);
        held.clock.increment(delayMs - 1);
        expect(actor.getSnapshot().value).toBe(name);
        held.clock.increment(1);
        expect(actor.getSnapshot().value).toEqual({ Lost: 'Silent' });
      }),
      { numRuns: 4 },
    );
  });

  it('ends at once with the lease, wherever it stands', () => {
    for (const events of [[], [report], [report, fallSilent]]) {
      const { actor, facts } = startSession();
      for (const event of events) actor.send(event);
      actor.send(expire);
      expect(actor.getSnapshot().value).toEqual({ Lost: 'Expired' });
      expect(facts.at(-1)).toEqual({ type: 'session.lost', reason: 'leaseEnded' });
    }
  });

  it('whatever happens is told by the facts, in any order of events', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SESSION_EVENTS, 1_000, 29_000, 31_000)), (deeds) => {
        const { actor, held, facts } = startSession();
        for (const deed of deeds) {
          if (actor.getSnapshot().status === 'done') break;
          if (typeof deed === 'number') held.clock.increment(deed);
          else actor.send(deed);
        }
        const holds = ['Joining', 'Active', 'Lagging'];
        expect(isHolding(facts)).toBe(holds.includes(wordOf(actor.getSnapshot().value)));
        actor.stop();
      }),
    );
  });
});

describe('a session from before the coordinator began', () => {
  it('holds the ticks at once, without a grace, until it reports', () => {
    const { actor, held, facts } = startSession(RESUMED_INPUT);
    expect(facts).toEqual([{ type: 'session.resumed' }]);
    held.clock.increment(1_000 * SESSION_INPUT.graceMs);
    expect(actor.getSnapshot().value).toBe('Active');
  });

  it('that stays silent holds them no longer than its lease', () => {
    const { actor, held, facts } = startSession(RESUMED_INPUT);
    actor.send(fallSilent);
    held.clock.increment(SESSION_INPUT.patienceMs);
    expect(actor.getSnapshot().value).toEqual({ Lost: 'Silent' });
    expect(facts.at(-1)).toEqual({ type: 'session.lost', reason: 'silent' });
  });
});

describe('facts', () => {
  it('name a silent one once per silence, and say when it has caught up', () => {
    const { actor, facts } = startSession();
    for (const event of [report, fallSilent, fallSilent, report, report]) actor.send(event);
    expect(facts.map(({ type }) => type)).toEqual([
      'session.joined',
      'session.activated',
      'session.lagged',
      'session.caughtUp',
    ]);
  });

  it('tell why a proxy is lost', async () => {
    const never = startSession();
    await never.held.play(delayOver('grace', 'proxySession.Joining'));
    expect(never.facts.at(-1)).toEqual({ type: 'session.lost', reason: 'neverReported' });
    const silent = startSession();
    for (const event of [report, fallSilent]) silent.actor.send(event);
    await silent.held.play(delayOver('patience', 'proxySession.Lagging'));
    expect(silent.facts.at(-1)).toEqual({ type: 'session.lost', reason: 'silent' });
  });
});

describe('a lost proxy', () => {
  it('takes part again with its first report while it holds its session', async () => {
    const { actor, held, facts } = startSession();
    await held.play(delayOver('grace', 'proxySession.Joining'));
    actor.send(report);
    expect(actor.getSnapshot().value).toBe('Active');
    expect(facts.at(-1)).toEqual({ type: 'session.returned' });
  });

  it('has to register again once its lease is over, and joins like a new one', () => {
    const { actor, facts } = startSession();
    for (const event of [report, expire, report]) actor.send(event);
    expect(actor.getSnapshot().value).toEqual({ Lost: 'Expired' });
    actor.send(register);
    expect(actor.getSnapshot().value).toBe('Joining');
    expect(facts.at(-1)).toEqual({ type: 'session.joined' });
  });

  it('is forgotten after a while without a lease, never while it holds one', () => {
    const expired = startSession();
    expired.actor.send(expire);
    expired.held.clock.increment(SESSION_INPUT.forgetMs);
    expect(expired.actor.getSnapshot().status).toBe('done');
    const silent = startSession();
    silent.held.clock.increment(1_000 * SESSION_INPUT.forgetMs);
    expect(silent.actor.getSnapshot().value).toEqual({ Lost: 'Silent' });
  });

  it('is gone at once when it leaves', () => {
    const { actor, facts } = startSession();
    for (const event of [report, fallSilent, leave]) actor.send(event);
    expect(actor.getSnapshot().status).toBe('done');
    expect(facts.at(-1)).toEqual({ type: 'session.gone' });
  });
});
