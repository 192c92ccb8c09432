import type { ActorRefLike } from 'xstate';
import type { Subject } from './messages.js';

/**
 * Four times the collections resident at most. Past it the actor that was quiet longest is
 * forgotten until its next event.
 */
const ACTORS_MAX = 2_048;

interface Entry {
  readonly subject: Subject;
  /** Grows with every activity of any actor; cheaper than keeping the map in that order. */
  activity: number;
}

/** The actors a watcher can be introduced to, each with the state it has when asked. */
export class LiveActors {
  readonly #bySession = new Map<string, Entry>();
  #activity = 0;
  #dropped = 0;

  /** How many actors had to be forgotten although they lived. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Notes that the actor did something. True when it is known already. */
  touch(sessionId: string): boolean {
    const entry = this.#bySession.get(sessionId);
    if (entry === undefined) return false;
    this.#activity += 1;
    entry.activity = this.#activity;
    return true;
  }

  add(subject: Subject): void {
    if (this.#bySession.size >= ACTORS_MAX) this.#dropQuietest();
    this.#activity += 1;
    this.#bySession.set(subject.actorRef.sessionId, { subject, activity: this.#activity });
  }

  has(sessionId: string): boolean {
    return this.#bySession.has(sessionId);
  }

  forget(sessionId: string): void {
    this.#bySession.delete(sessionId);
  }

  /** Parents before children: session ids are `x:<n>`, counted up as actors are made. */
  inOrderOfBirth(): Subject[] {
    const birth = ({ actorRef }: Subject) => Number(actorRef.sessionId.slice(2));
    const subjects = Array.from(this.#bySession.values(), ({ subject }) => subject);
    return subjects.sort((a, b) => birth(a) - birth(b));
  }

  #dropQuietest(): void {
    let quietest: Entry | undefined;
    for (const entry of this.#bySession.values()) {
      if (quietest === undefined || entry.activity < quietest.activity) quietest = entry;
    }
    if (quietest === undefined) return;
    this.forget(quietest.subject.actorRef.sessionId);
    this.#dropped += 1;
  }
}

/** False once the actor finished, failed or was stopped; such an actor never comes back. */
export const isAlive = (actorRef: ActorRefLike): boolean =>
  actorRef.getSnapshot()?.status === 'active';
