import type { CoordError } from '../../domain/errors.js';
import type { CollectionRecord } from '../../domain/records.js';

/**
 * Why an actor is woken: a DDL began or changed its life, a restart found it, the sweeper wants its
 * drop to become final, or somebody watches.
 */
export type Origin = 'ddl' | 'alteration' | 'recovery' | 'sweep' | 'watch';

/** What a lifecycle actor tells about itself. */
export interface LifecycleListener {
  /** It has done what the command that woke it waits for. */
  readonly onSettled: (outcome: CollectionRecord | CoordError) => void;
  /** Whether it may be dismissed: its record says all there is to know. */
  readonly onRest: (isResting: boolean) => void;
  /** Its life is over. */
  readonly onGone: () => void;
  /** It threw, which its machine does not foresee. */
  readonly onLost: (reason: unknown) => void;
}

/** An XState actor with its types taken off: residency keeps actors of several machines alike. */
export interface LifecycleActor<Subject> {
  start(): void;
  stop(): void;
  /** The subject was committed anew while the actor is awake. */
  tell(subject: Subject, origin: Origin): void;
}

/** One kind of object that lives as an actor. */
export interface LifecycleKind<Id, Subject> {
  /** For logs: `collection`, `partition`. */
  readonly word: string;
  readonly idOf: (subject: Subject) => Id;
  /** A fresh actor, not started. */
  readonly create: (
    subject: Subject,
    origin: Origin,
    listener: LifecycleListener,
  ) => LifecycleActor<Subject>;
  /** As it was committed last; undefined when nothing of it is left, or it is steady. */
  readonly unfinished: (id: Id) => Subject | undefined;
}
