import { assign, emit, enqueueActions, setup } from 'xstate';
import type { CollectionRecord, PartitionRecord } from '../../src/domain/records.js';
import { backoffMs } from '../backoff.js';
import { hole } from '../hole.js';

/**
 * Why the actor is awake: a DDL began or ended a life, a DDL made the partition Created again, a
 * restart found its record, the sweeper found that its drop is to become final, or somebody
 * watches.
 */
export type PartitionOrigin = 'ddl' | 'alteration' | 'recovery' | 'sweep' | 'watch';

/** A partition and the collection it belongs to, as both were committed last. */
export interface PartitionSubject {
  readonly collection: CollectionRecord;
  readonly partition: PartitionRecord;
}

export interface PartitionInput {
  /** The partition's state word decides where the actor starts. */
  readonly subject: PartitionSubject;
  readonly origin: PartitionOrigin;
}

export type PartitionEvent =
  /** The partition's record, as just committed, says Dropping, or Dropped where no drop is kept. */
  | { type: 'partition.drop'; subject: PartitionSubject }
  /** It is Created again; whoever committed it saw that the drop was not final. */
  | { type: 'partition.undrop'; subject: PartitionSubject }
  /** Its time is over, or too many drops are kept: this one is to become final. */
  | { type: 'partition.sweep'; subject: PartitionSubject }
  /** The actor of the collection removes everything; `reason` is for who waits for a create. */
  | { type: 'partition.collectionDropped'; reason: unknown };

/** What an actor tells the one who asked; each at most once per command. */
export type PartitionFact =
  | { type: 'partition.created'; subject: PartitionSubject }
  | { type: 'partition.createFailed'; subject: PartitionSubject; reason: unknown }
  | { type: 'partition.dropAccepted'; subject: PartitionSubject }
  | { type: 'partition.undropped'; subject: PartitionSubject };

interface PartitionContext extends PartitionInput {
  /** Failures in a row of the work the actor is at; drives the back-off. */
  readonly attempt: number;
}

/**
 * One partition from the moment its record says `Creating` until its key is gone (facts/rootcoord
 * §6). Every piece of work may run twice; the record in the store is what survives.
 */
export const partitionMachine = setup({
  types: {
    context: {} as PartitionContext,
    events: {} as PartitionEvent,
    emitted: {} as PartitionFact,
    input: {} as PartitionInput,
    tags: {} as 'passivatable',
  },
  actors: {
    sendCreate: hole<void, PartitionSubject>('sendCreate'),
    /** Settles when the ticks of the channels have passed the message. */
    sendDrop: hole<void, PartitionSubject>('sendDrop'),
    syncPartition: hole<void, PartitionSubject>('syncPartition'),
    commitCreated: hole<PartitionSubject, PartitionSubject>('commitCreated'),
    expireCaches: hole<void, PartitionSubject>('expireCaches'),
    announceUndropped: hole<void, PartitionSubject>('announceUndropped'),
    releasePartition: hole<void, PartitionSubject>('releasePartition'),
    waitWhileKept: hole<void, PartitionSubject>('waitWhileKept'),
    /** Whether the drop is final now; false while it can still be taken back. */
    confirmDrop: hole<boolean, PartitionSubject>('confirmDrop'),
    confirmGarbageCollected: hole<void, PartitionSubject>('confirmGarbageCollected'),
    purgeRecord: hole<void, PartitionSubject>('purgeRecord'),
  },
  guards: {
    isAbandoned: ({ context }) =>
      context.subject.partition.state === 'Creating' && context.origin !== 'ddl',
    isCreating: ({ context }) => context.subject.partition.state === 'Creating',
    isDropping: ({ context }) => context.subject.partition.state === 'Dropping',
    isFinal: ({ context }) => context.subject.partition.state === 'Dropped',
    isSwept: ({ context }) => context.origin === 'sweep',
    isStillKept: (_, params: { isFinal: boolean }) => !params.isFinal,
    isAltered: ({ context }) => context.origin === 'alteration',
  },
  delays: {
    backoff: ({ context }) => backoffMs(context.attempt),
  },
  actions: {
    adopt: assign({
      subject: (_, params: { subject: PartitionSubject }) => params.subject,
      origin: 'ddl',
      attempt: 0,
    }),
    adoptFinal: assign({
      subject: ({ context: { subject } }) => ({
        ...subject,
        partition: { ...subject.partition, state: 'Dropped' as const },
      }),
      attempt: 0,
    }),
    countAttempt: assign({ attempt: ({ context }) => context.attempt + 1 }),
    tellCreated: emit(({ context }) => ({
      type: 'partition.created' as const,
      subject: context.subject,
    })),
    tellCreateFailed: emit(({ context }, params: { reason: unknown }) => ({
      type: 'partition.createFailed' as const,
      subject: context.subject,
      reason: params.reason,
    })),
    // Steps that run again after a failure were told of the first time.
    tellDropAccepted: enqueueActions(({ context, enqueue }) => {
      if (context.attempt > 0) return;
      enqueue.emit({ type: 'partition.dropAccepted', subject: context.subject });
    }),
    tellUndropped: enqueueActions(({ context, enqueue }) => {
      if (context.attempt > 0) return;
      enqueue.emit({ type: 'partition.undropped', subject: context.subject });
    }),
  },
}).createMachine({
  id: 'partition',
  description: 'The life of one partition, from its first record to its last key.',
  context: ({ input }) => ({ ...input, attempt: 0 }),
  initial: 'Routing',
  on: {
    'partition.collectionDropped': '.Dropped',
  },
  states: {
    Routing: {
      description: 'Reads the state word of the record and goes where it says.',
      always: [
        { guard: 'isAbandoned', target: 'Undoing' },
        { guard: 'isCreating', target: 'Creating' },
        { guard: 'isDropping', target: 'Dropping' },
        { guard: 'isFinal', target: 'Dropping' },
        { guard: 'isAltered', target: 'Announcing' },
        { target: 'Created' },
      ],
    },
    Creating: {
      description: 'The record says Creating: invisible to readers until every step is done.',
      initial: 'SendingCreate',
      on: {
        'partition.collectionDropped': {
          target: 'Dropped',
          actions: { type: 'tellCreateFailed', params: ({ event }) => ({ reason: event.reason }) },
        },
      },
      states: {
        SendingCreate: {
          description: 'The create goes to every channel of the collection.',
          invoke: {
            id: 'sendCreate',
            src: 'sendCreate',
            input: ({ context }) => context.subject,
            onDone: 'SyncingPartition',
            onError: {
              target: '#partition.Undoing',
              actions: {
                type: 'tellCreateFailed',
                params: ({ event }) => ({ reason: event.error }),
              },
            },
          },
        },
        SyncingPartition: {
          description: 'QueryCoord lets a loaded collection pick the partition up.',
          invoke: {
            id: 'syncPartition',
            src: 'syncPartition',
            input: ({ context }) => context.subject,
            onDone: 'Committing',
            onError: {
              target: '#partition.Undoing',
              actions: {
                type: 'tellCreateFailed',
                params: ({ event }) => ({ reason: event.error }),
              },
            },
          },
        },
        Committing: {
          description: 'The record with the state Created goes to the store.',
          invoke: {
            id: 'commitCreated',
            src: 'commitCreated',
            input: ({ context }) => context.subject,
            onDone: {
              target: 'ExpiringCaches',
              actions: { type: 'adopt', params: ({ event }) => ({ subject: event.output }) },
            },
            onError: {
              target: '#partition.Undoing',
              actions: {
                type: 'tellCreateFailed',
                params: ({ event }) => ({ reason: event.error }),
              },
            },
          },
        },
        ExpiringCaches: {
          description: 'Proxies forget what they knew of the collection; none can fail the create.',
          invoke: {
            id: 'expireCaches',
            src: 'expireCaches',
            input: ({ context }) => context.subject,
            onDone: { target: '#partition.Created', actions: 'tellCreated' },
            onError: { target: '#partition.Created', actions: 'tellCreated' },
          },
        },
      },
    },
    Created: {
      description: 'Visible and steady. The actor may be dismissed: the record says it all.',
      tags: 'passivatable',
      on: {
        'partition.drop': {
          target: 'Dropping',
          actions: { type: 'adopt', params: ({ event }) => ({ subject: event.subject }) },
        },
      },
    },
    Announcing: {
      description: 'The undrop is committed; proxies hear of it, none can stop it.',
      invoke: {
        id: 'announceUndropped',
        src: 'announceUndropped',
        input: ({ context }) => context.subject,
        onDone: { target: 'Created', actions: 'tellUndropped' },
        onError: { target: 'WaitingToAnnounce', actions: ['tellUndropped', 'countAttempt'] },
      },
      on: {
        'partition.drop': {
          target: 'Dropping',
          actions: { type: 'adopt', params: ({ event }) => ({ subject: event.subject }) },
        },
        'partition.collectionDropped': { target: 'Dropped', actions: 'tellUndropped' },
      },
    },
    WaitingToAnnounce: {
      description: 'Somebody did not hear of the undrop; all are told again after a growing pause.',
      after: { backoff: 'Announcing' },
      on: {
        'partition.drop': {
          target: 'Dropping',
          actions: { type: 'adopt', params: ({ event }) => ({ subject: event.subject }) },
        },
      },
    },
    Dropping: {
      description:
        'Gone for readers, its name is free, work remains; final once the record says Dropped.',
      initial: 'ExpiringCaches',
      on: {
        'partition.undrop': {
          target: 'Announcing',
          actions: { type: 'adopt', params: ({ event }) => ({ subject: event.subject }) },
        },
      },
      states: {
        ExpiringCaches: {
          description: 'Proxies forget the partition; then the client has its answer.',
          invoke: {
            id: 'expireCaches',
            src: 'expireCaches',
            input: ({ context }) => context.subject,
            onDone: { target: 'Releasing', actions: 'tellDropAccepted' },
            onError: { target: 'Releasing', actions: 'tellDropAccepted' },
          },
          on: {
            'partition.collectionDropped': {
              target: '#partition.Dropped',
              actions: 'tellDropAccepted',
            },
          },
        },
        Releasing: {
          description: 'QueryCoord lets go of the loaded partition.',
          invoke: {
            id: 'releasePartition',
            src: 'releasePartition',
            input: ({ context }) => context.subject,
            onDone: [
              { guard: 'isFinal', target: 'SendingDrop' },
              { guard: 'isSwept', target: 'Confirming' },
              { target: 'Kept' },
            ],
            onError: { target: '#partition.WaitingToDrop', actions: 'countAttempt' },
          },
        },
        Kept: {
          description: 'Nothing is lost yet: the drop may still be taken back.',
          // Thousands may wait here for nothing but the time: the sweeper wakes them again.
          tags: 'passivatable',
          invoke: {
            id: 'waitWhileKept',
            src: 'waitWhileKept',
            input: ({ context }) => context.subject,
            onDone: 'Confirming',
            onError: { target: '#partition.WaitingToDrop', actions: 'countAttempt' },
          },
          on: {
            'partition.sweep': 'Confirming',
          },
        },
        Confirming: {
          description: 'The record comes to say that the drop is final, unless it is still kept.',
          invoke: {
            id: 'confirmDrop',
            src: 'confirmDrop',
            input: ({ context }) => context.subject,
            onDone: [
              {
                guard: {
                  type: 'isStillKept',
                  params: ({ event }) => ({ isFinal: event.output }),
                },
                target: 'Kept',
              },
              { target: 'SendingDrop', actions: 'adoptFinal' },
            ],
            onError: { target: '#partition.WaitingToDrop', actions: 'countAttempt' },
          },
        },
        SendingDrop: {
          description: 'The drop goes to every channel, and on once their ticks have passed it.',
          invoke: {
            id: 'sendDrop',
            src: 'sendDrop',
            input: ({ context }) => context.subject,
            onDone: 'ConfirmingGarbage',
            onError: { target: '#partition.WaitingToDrop', actions: 'countAttempt' },
          },
        },
        ConfirmingGarbage: {
          description: 'DataCoord confirms that no data is left; before that the key must not go.',
          invoke: {
            id: 'confirmGarbageCollected',
            src: 'confirmGarbageCollected',
            input: ({ context }) => context.subject,
            onDone: 'Purging',
            onError: { target: 'WaitingForGarbage', actions: 'countAttempt' },
          },
        },
        WaitingForGarbage: {
          description: 'Data is still there: asked again after a growing pause, nothing else is.',
          after: { backoff: 'ConfirmingGarbage' },
        },
        Purging: {
          description: 'The key of the partition goes.',
          invoke: {
            id: 'purgeRecord',
            src: 'purgeRecord',
            input: ({ context }) => context.subject,
            onDone: '#partition.Dropped',
            onError: { target: '#partition.WaitingToDrop', actions: 'countAttempt' },
          },
        },
      },
    },
    WaitingToDrop: {
      description: 'A step of the drop failed; all of them run again after a growing pause.',
      after: { backoff: 'Dropping' },
      on: {
        'partition.undrop': {
          target: 'Announcing',
          actions: { type: 'adopt', params: ({ event }) => ({ subject: event.subject }) },
        },
      },
    },
    Undoing: {
      description: 'The create did not finish: take back what it may have done.',
      initial: 'SendingDrop',
      states: {
        SendingDrop: {
          description: 'Whoever read of the create on a channel reads there that it is undone.',
          invoke: {
            id: 'sendDrop',
            src: 'sendDrop',
            input: ({ context }) => context.subject,
            onDone: 'Releasing',
            onError: { target: '#partition.WaitingToUndo', actions: 'countAttempt' },
          },
        },
        Releasing: {
          description: 'QueryCoord lets go of the partition, if it ever picked it up.',
          invoke: {
            id: 'releasePartition',
            src: 'releasePartition',
            input: ({ context }) => context.subject,
            onDone: 'Purging',
            onError: { target: '#partition.WaitingToUndo', actions: 'countAttempt' },
          },
        },
        Purging: {
          description: 'The key of the partition goes.',
          invoke: {
            id: 'purgeRecord',
            src: 'purgeRecord',
            input: ({ context }) => context.subject,
            onDone: '#partition.Dropped',
            onError: { target: '#partition.WaitingToUndo', actions: 'countAttempt' },
          },
        },
      },
    },
    WaitingToUndo: {
      description: 'A step of the undo failed; it is tried again after a growing pause.',
      after: { backoff: 'Undoing' },
    },
    Dropped: {
      description: 'Its key is gone, or goes with those of its collection.',
      type: 'final',
    },
  },
});
