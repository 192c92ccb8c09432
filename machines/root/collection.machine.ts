import { assign, emit, enqueueActions, setup } from 'xstate';
import type { CollectionRecord } from '../../src/domain/records.js';
import { backoffMs } from '../backoff.js';
import { hole } from '../hole.js';

/**
 * Why the actor is awake: a DDL began or ended a life, a DDL changed a record that is Created now,
 * a restart found the record, the sweeper found that its drop is to become final, or somebody
 * watches.
 */
export type CollectionOrigin = 'ddl' | 'alteration' | 'recovery' | 'sweep' | 'watch';

export interface CollectionInput {
  /** The record as it was committed last; its state word decides where the actor starts. */
  readonly record: CollectionRecord;
  readonly origin: CollectionOrigin;
}

/** Each carries the record just committed. */
export type CollectionEvent =
  /** The record says Dropping, or Dropped where no drop is kept. */
  | { type: 'collection.drop'; record: CollectionRecord }
  /** Properties, fields, functions, the name or aliases are others than before. */
  | { type: 'collection.alter'; record: CollectionRecord }
  /** The record is Created again; whoever committed it saw that the drop was not final. */
  | { type: 'collection.undrop'; record: CollectionRecord }
  /** Its time is over, or too many drops are kept: this one is to become final. */
  | { type: 'collection.sweep'; record: CollectionRecord };

/** What an actor tells the one who asked; each at most once per command. */
export type CollectionFact =
  | { type: 'collection.created'; record: CollectionRecord }
  | { type: 'collection.createFailed'; record: CollectionRecord; reason: unknown }
  | { type: 'collection.dropAccepted'; record: CollectionRecord }
  /** Told after an undrop, too. */
  | { type: 'collection.altered'; record: CollectionRecord };

interface CollectionContext {
  readonly record: CollectionRecord;
  readonly origin: CollectionOrigin;
  /** Failures in a row of the work the actor is at; drives the back-off. */
  readonly attempt: number;
}

/**
 * One collection from the moment its record says `Creating` until no key of it is left. Every
 * piece of work may run twice; the record in the store, never this actor, is what survives.
 */
export const collectionMachine = setup({
  types: {
    context: {} as CollectionContext,
    events: {} as CollectionEvent,
    emitted: {} as CollectionFact,
    input: {} as CollectionInput,
    tags: {} as 'passivatable',
  },
  actors: {
    /** The record as it is to be committed: with the places where its channels' readers begin. */
    sendCreate: hole<CollectionRecord, CollectionRecord>('sendCreate'),
    /** Settles when the ticks of the channels have passed the message. */
    sendDrop: hole<void, CollectionRecord>('sendDrop'),
    watchChannels: hole<void, CollectionRecord>('watchChannels'),
    commitCreated: hole<CollectionRecord, CollectionRecord>('commitCreated'),
    expireCaches: hole<void, CollectionRecord>('expireCaches'),
    announceAltered: hole<void, CollectionRecord>('announceAltered'),
    unwatchChannels: hole<void, CollectionRecord>('unwatchChannels'),
    releaseCollection: hole<void, CollectionRecord>('releaseCollection'),
    waitWhileKept: hole<void, CollectionRecord>('waitWhileKept'),
    /** Whether the drop is final now; false while it can still be taken back. */
    confirmDrop: hole<boolean, CollectionRecord>('confirmDrop'),
    dropIndexes: hole<void, CollectionRecord>('dropIndexes'),
    confirmGarbageCollected: hole<void, CollectionRecord>('confirmGarbageCollected'),
    purgeRecord: hole<void, CollectionRecord>('purgeRecord'),
  },
  guards: {
    isAbandoned: ({ context }) => context.record.state === 'Creating' && context.origin !== 'ddl',
    isCreating: ({ context }) => context.record.state === 'Creating',
    isDropping: ({ context }) => context.record.state === 'Dropping',
    isFinal: ({ context }) => context.record.state === 'Dropped',
    isSwept: ({ context }) => context.origin === 'sweep',
    isStillKept: (_, params: { isFinal: boolean }) => !params.isFinal,
    isAltered: ({ context }) => context.origin === 'alteration',
  },
  delays: {
    backoff: ({ context }) => backoffMs(context.attempt),
  },
  actions: {
    adopt: assign({
      record: (_, params: { record: CollectionRecord }) => params.record,
      origin: 'ddl',
      attempt: 0,
    }),
    adoptStart: assign({
      record: (_, params: { record: CollectionRecord }) => params.record,
    }),
    adoptFinal: assign({
      record: ({ context }) => ({ ...context.record, state: 'Dropped' as const }),
      attempt: 0,
    }),
    countAttempt: assign({ attempt: ({ context }) => context.attempt + 1 }),
    tellCreated: emit(({ context }) => ({
      type: 'collection.created' as const,
      record: context.record,
    })),
    tellCreateFailed: emit(({ context }, params: { reason: unknown }) => ({
      type: 'collection.createFailed' as const,
      record: context.record,
      reason: params.reason,
    })),
    // Steps that run again after a failure were told of the first time.
    tellDropAccepted: enqueueActions(({ context, enqueue }) => {
      if (context.attempt > 0) return;
      enqueue.emit({ type: 'collection.dropAccepted', record: context.record });
    }),
    tellAltered: enqueueActions(({ context, enqueue }) => {
      if (context.attempt > 0) return;
      enqueue.emit({ type: 'collection.altered', record: context.record });
    }),
  },
}).createMachine({
  id: 'collection',
  description: 'The life of one collection, from its first record to its last key.',
  context: ({ input }) => ({ record: input.record, origin: input.origin, attempt: 0 }),
  initial: 'Routing',
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
      states: {
        SendingCreate: {
          description: 'The create goes to every channel; its readers begin at that message.',
          invoke: {
            id: 'sendCreate',
            src: 'sendCreate',
            input: ({ context }) => context.record,
            onDone: {
              target: 'WatchingChannels',
              actions: { type: 'adoptStart', params: ({ event }) => ({ record: event.output }) },
            },
            onError: {
              target: '#collection.Undoing',
              actions: {
                type: 'tellCreateFailed',
                params: ({ event }) => ({ reason: event.error }),
              },
            },
          },
        },
        WatchingChannels: {
          description: 'DataCoord starts to watch the virtual channels.',
          invoke: {
            id: 'watchChannels',
            src: 'watchChannels',
            input: ({ context }) => context.record,
            onDone: 'Committing',
            onError: {
              target: '#collection.Undoing',
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
            input: ({ context }) => context.record,
            onDone: {
              target: 'ExpiringCaches',
              actions: { type: 'adopt', params: ({ event }) => ({ record: event.output }) },
            },
            onError: {
              target: '#collection.Undoing',
              actions: {
                type: 'tellCreateFailed',
                params: ({ event }) => ({ reason: event.error }),
              },
            },
          },
        },
        ExpiringCaches: {
          description: 'Proxies forget what they knew under this name; none can fail the create.',
          invoke: {
            id: 'expireCaches',
            src: 'expireCaches',
            input: ({ context }) => context.record,
            onDone: { target: '#collection.Created', actions: 'tellCreated' },
            onError: { target: '#collection.Created', actions: 'tellCreated' },
          },
        },
      },
    },
    Created: {
      description: 'Visible and steady. The actor may be dismissed: the record says it all.',
      tags: 'passivatable',
      on: {
        'collection.drop': {
          target: 'Dropping',
          actions: { type: 'adopt', params: ({ event }) => ({ record: event.record }) },
        },
        'collection.alter': {
          target: 'Announcing',
          actions: { type: 'adopt', params: ({ event }) => ({ record: event.record }) },
        },
      },
    },
    Announcing: {
      description: 'The change is committed; proxies and DataCoord hear of it, none can stop it.',
      invoke: {
        id: 'announceAltered',
        src: 'announceAltered',
        input: ({ context }) => context.record,
        onDone: { target: 'Created', actions: 'tellAltered' },
        onError: { target: 'WaitingToAnnounce', actions: ['tellAltered', 'countAttempt'] },
      },
      on: {
        'collection.drop': {
          target: 'Dropping',
          actions: { type: 'adopt', params: ({ event }) => ({ record: event.record }) },
        },
        'collection.alter': {
          target: 'Announcing',
          reenter: true,
          actions: { type: 'adopt', params: ({ event }) => ({ record: event.record }) },
        },
      },
    },
    WaitingToAnnounce: {
      description: 'Somebody did not hear of the change; all are told again after a growing pause.',
      after: { backoff: 'Announcing' },
      on: {
        'collection.drop': {
          target: 'Dropping',
          actions: { type: 'adopt', params: ({ event }) => ({ record: event.record }) },
        },
        'collection.alter': {
          target: 'Announcing',
          actions: { type: 'adopt', params: ({ event }) => ({ record: event.record }) },
        },
      },
    },
    Dropping: {
      description:
        'Gone for readers, its name is free, work remains; final once the record says Dropped.',
      initial: 'ExpiringCaches',
      on: {
        'collection.undrop': {
          target: 'Announcing',
          actions: { type: 'adopt', params: ({ event }) => ({ record: event.record }) },
        },
      },
      states: {
        ExpiringCaches: {
          description: 'Proxies forget the collection; then the client has its answer.',
          invoke: {
            id: 'expireCaches',
            src: 'expireCaches',
            input: ({ context }) => context.record,
            onDone: { target: 'Releasing', actions: 'tellDropAccepted' },
            onError: { target: 'Releasing', actions: 'tellDropAccepted' },
          },
        },
        Releasing: {
          description: 'QueryCoord lets go of the loaded collection.',
          invoke: {
            id: 'releaseCollection',
            src: 'releaseCollection',
            input: ({ context }) => context.record,
            onDone: [
              { guard: 'isFinal', target: 'DroppingIndexes' },
              { guard: 'isSwept', target: 'Confirming' },
              { target: 'Kept' },
            ],
            onError: { target: '#collection.WaitingToDrop', actions: 'countAttempt' },
          },
        },
        Kept: {
          description: 'Nothing is lost yet: the drop may still be taken back.',
          // Thousands may wait here for nothing but the time: the sweeper wakes them again.
          tags: 'passivatable',
          invoke: {
            id: 'waitWhileKept',
            src: 'waitWhileKept',
            input: ({ context }) => context.record,
            onDone: 'Confirming',
            onError: { target: '#collection.WaitingToDrop', actions: 'countAttempt' },
          },
          on: {
            'collection.sweep': 'Confirming',
          },
        },
        Confirming: {
          description: 'The record comes to say that the drop is final, unless it is still kept.',
          invoke: {
            id: 'confirmDrop',
            src: 'confirmDrop',
            input: ({ context }) => context.record,
            onDone: [
              {
                guard: {
                  type: 'isStillKept',
                  params: ({ event }) => ({ isFinal: event.output }),
                },
                target: 'Kept',
              },
              { target: 'DroppingIndexes', actions: 'adoptFinal' },
            ],
            onError: { target: '#collection.WaitingToDrop', actions: 'countAttempt' },
          },
        },
        DroppingIndexes: {
          description: 'DataCoord drops every index of the collection.',
          invoke: {
            id: 'dropIndexes',
            src: 'dropIndexes',
            input: ({ context }) => context.record,
            onDone: 'SendingDrop',
            onError: { target: '#collection.WaitingToDrop', actions: 'countAttempt' },
          },
        },
        SendingDrop: {
          description: 'The drop goes to every channel, and on once their ticks have passed it.',
          invoke: {
            id: 'sendDrop',
            src: 'sendDrop',
            input: ({ context }) => context.record,
            onDone: 'UnwatchingChannels',
            onError: { target: '#collection.WaitingToDrop', actions: 'countAttempt' },
          },
        },
        UnwatchingChannels: {
          description: 'DataCoord stops watching the virtual channels.',
          invoke: {
            id: 'unwatchChannels',
            src: 'unwatchChannels',
            input: ({ context }) => context.record,
            onDone: 'ConfirmingGarbage',
            onError: { target: '#collection.WaitingToDrop', actions: 'countAttempt' },
          },
        },
        ConfirmingGarbage: {
          description: 'DataCoord confirms that no data is left; before that no key may go.',
          invoke: {
            id: 'confirmGarbageCollected',
            src: 'confirmGarbageCollected',
            input: ({ context }) => context.record,
            onDone: 'Purging',
            onError: { target: 'WaitingForGarbage', actions: 'countAttempt' },
          },
        },
        WaitingForGarbage: {
          description: 'Data is still there: asked again after a growing pause, nothing else is.',
          after: { backoff: 'ConfirmingGarbage' },
        },
        Purging: {
          description: 'Child keys go first, the collection key last.',
          invoke: {
            id: 'purgeRecord',
            src: 'purgeRecord',
            input: ({ context }) => context.record,
            onDone: '#collection.Dropped',
            onError: { target: '#collection.WaitingToDrop', actions: 'countAttempt' },
          },
        },
      },
    },
    WaitingToDrop: {
      description: 'A step of the drop failed; all of them run again after a growing pause.',
      after: { backoff: 'Dropping' },
      on: {
        'collection.undrop': {
          target: 'Announcing',
          actions: { type: 'adopt', params: ({ event }) => ({ record: event.record }) },
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
            input: ({ context }) => context.record,
            onDone: 'UnwatchingChannels',
            onError: { target: '#collection.WaitingToUndo', actions: 'countAttempt' },
          },
        },
        UnwatchingChannels: {
          description: 'DataCoord stops watching the channels, if it ever began.',
          invoke: {
            id: 'unwatchChannels',
            src: 'unwatchChannels',
            input: ({ context }) => context.record,
            onDone: 'Purging',
            onError: { target: '#collection.WaitingToUndo', actions: 'countAttempt' },
          },
        },
        Purging: {
          description: 'Child keys go first, the collection key last.',
          invoke: {
            id: 'purgeRecord',
            src: 'purgeRecord',
            input: ({ context }) => context.record,
            onDone: '#collection.Dropped',
            onError: { target: '#collection.WaitingToUndo', actions: 'countAttempt' },
          },
        },
      },
    },
    WaitingToUndo: {
      description: 'A step of the undo failed; it is tried again after a growing pause.',
      after: { backoff: 'Undoing' },
    },
    Dropped: {
      description: 'No key of the collection is left.',
      type: 'final',
    },
  },
});
