import type { ActorRefLike, InspectionEvent } from 'xstate';
import { actorIdOf } from './definitions.js';
import { isAlive, LiveActors } from './live-actors.js';
import { MessageRing } from './message-ring.js';
import {
  actorMessage,
  eventMessage,
  type Message,
  type Subject,
  snapshotMessage,
} from './messages.js';

export interface HistoryOptions {
  /** Wall clock in milliseconds, for the messages' `createdAt`. */
  readonly nowMs: () => number;
  /** Called with every message as it is made. */
  readonly publish: (message: Message) => void;
  /** Shows only actors whose id starts with this; the empty text shows all. */
  readonly actorIdPrefix: string;
}

type SnapshotEvent = Extract<InspectionEvent, { type: '@xstate.snapshot' }>;
type EventEvent = Extract<InspectionEvent, { type: '@xstate.event' }>;

/** Turns XState's inspection events into messages, and remembers what a late watcher needs. */
export class InspectHistory {
  readonly #options: HistoryOptions;
  readonly #ring = new MessageRing();
  readonly #live = new LiveActors();

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** How much a late watcher no longer sees. */
  get dropped(): { readonly messages: number; readonly actors: number } {
    return { messages: this.#ring.dropped, actors: this.#live.dropped };
  }

  /**
   * Microsteps and actions have no message in the protocol. A creation has one, but it is told
   * with the actor's first event: before that its snapshot does not exist.
   */
  record(inspected: InspectionEvent): void {
    if (inspected.type === '@xstate.event') {
      this.#noteFailure(inspected);
      if (this.#isShown(inspected.actorRef)) this.#recordEvent(inspected);
    } else if (inspected.type === '@xstate.snapshot' && this.#isShown(inspected.actorRef)) {
      this.#recordSnapshot(inspected);
    }
  }

  /**
   * All a watcher needs to see the present: each actor is introduced before anything is said about
   * it, and the last thing said about a live one is its state now.
   */
  tell(): Message[] {
    this.#buryTheSilent();
    const introducedInRing = new Set<string>();
    for (const { sessionId, introduces } of this.#ring) {
      if (introduces) introducedInRing.add(sessionId);
    }
    const older = this.#live
      .inOrderOfBirth()
      .filter(({ actorRef }) => !introducedInRing.has(actorRef.sessionId));
    const known = new Set(older.map(({ actorRef }) => actorRef.sessionId));
    const messages = older.map((actor) => this.#introductionOf(actor));
    for (const { sessionId, introduces, message } of this.#ring) {
      if (introduces) known.add(sessionId);
      if (known.has(sessionId)) messages.push(message);
    }
    return messages;
  }

  #recordEvent(inspected: EventEvent): void {
    const { actorRef, rootId, event } = inspected;
    const isBorn = event.type === 'xstate.init';
    if (!this.#live.touch(actorRef.sessionId) && (isBorn || isAlive(actorRef))) {
      this.#introduce({ actorRef, rootId });
    }
    this.#remember(actorRef.sessionId, eventMessage(inspected, this.#options.nowMs()));
  }

  #recordSnapshot(inspected: SnapshotEvent): void {
    const { actorRef, rootId, event, snapshot } = inspected;
    const isEnd = snapshot.status !== 'active' || event.type === 'xstate.stop';
    if (!this.#live.touch(actorRef.sessionId)) {
      if (isEnd) return;
      this.#introduce({ actorRef, rootId });
    }
    this.#remember(actorRef.sessionId, snapshotMessage(inspected, this.#options.nowMs()));
    if (isEnd) this.#live.forget(actorRef.sessionId);
  }

  #isShown(actorRef: ActorRefLike): boolean {
    const { actorIdPrefix } = this.#options;
    return actorIdPrefix === '' || actorIdOf(actorRef).startsWith(actorIdPrefix);
  }

  /** XState tells no snapshot of an actor that threw, only its parent hears of the error. */
  #noteFailure({ sourceRef, rootId, event }: EventEvent): void {
    if (sourceRef === undefined || !event.type.startsWith('xstate.error.actor.')) return;
    this.#bury({ actorRef: sourceRef, rootId });
  }

  /** Tells how an actor ended that cannot tell it itself; else it would look alive for ever. */
  #bury({ actorRef, rootId }: Subject): void {
    if (!this.#live.has(actorRef.sessionId)) return;
    this.#live.forget(actorRef.sessionId);
    const last = { actorRef, rootId, event: { type: '' }, snapshot: actorRef.getSnapshot() };
    this.#remember(actorRef.sessionId, snapshotMessage(last, this.#options.nowMs()));
  }

  /** A root that threw has no parent to hear of it. */
  #buryTheSilent(): void {
    for (const actor of this.#live.inOrderOfBirth()) {
      if (!isAlive(actor.actorRef)) this.#bury(actor);
    }
  }

  #introduce(actor: Subject): void {
    this.#live.add(actor);
    this.#remember(actor.actorRef.sessionId, this.#introductionOf(actor), true);
  }

  #introductionOf(actor: Subject): Message {
    return actorMessage(actor, this.#options.nowMs());
  }

  #remember(sessionId: string, message: Message, introduces = false): void {
    this.#ring.push({ sessionId, introduces, message });
    this.#options.publish(message);
  }
}
