import { describe, expect, it } from 'vitest';
import type { BatchOutcome } from '../../../../machines/root/ddl-supervisor.machine.js';
import { CoordError } from '../../../../src/domain/errors.js';
import type { TaskId } from '../../../../src/domain/ids.js';
import { RecordedOutcomes } from '../../../../src/root/catalog/recorded-outcomes.js';
import type { DdlCommand } from '../../../../src/root/ddl/commands.js';
import { DdlSupervisor } from '../../../../src/root/ddl/ddl-supervisor.js';
import type { DdlTask } from '../../../../src/root/ddl/perform-batch.js';
import { watch } from '../../../kit/allocator-fixtures.js';
import { KEYS } from '../../../kit/catalog-store.js';
import { aCreate, aDrop, catalogOf } from '../../../kit/ddl-fixtures.js';
import { aRecord } from '../../../kit/records.js';
import { settled, VirtualClock } from '../../../kit/virtual-clock.js';

const CLIENT = { actor: 'test' };

/** A batch that was begun; the test says how it ends. */
interface HeldBatch {
  readonly tasks: readonly DdlTask[];
  end(outcome: BatchOutcome): void;
  breakDown(reason: unknown): void;
}

/** A supervisor whose batches wait for the test. */
function aSupervisor(queueLengthMax = 3) {
  const batches: HeldBatch[] = [];
  const failures: unknown[] = [];
  let nextTask = 1n;
  const ddl = new DdlSupervisor({
    clock: new VirtualClock(),
    catalog: catalogOf(),
    outcomes: new RecordedOutcomes(KEYS),
    queueLengthMax,
    perform: (tasks) =>
      new Promise((end, breakDown) => {
        batches.push({ tasks, end, breakDown });
      }),
    allocateTaskId: () => nextTask++ as TaskId,
    onSettled: () => {},
    onFailed: (reason) => failures.push(reason),
  });
  const submit = async (command: DdlCommand, signal?: AbortSignal) => {
    const reply = watch(ddl.submit(command, signal ? { ...CLIENT, signal } : CLIENT));
    await settled();
    return reply;
  };
  /** Ends the last batch: every task of it succeeded. */
  const succeed = async () => {
    const batch = batches.at(-1);
    for (const { taskId } of batch?.tasks ?? []) ddl.replies.succeed(taskId, undefined);
    batch?.end({ stillBusy: [] });
    await settled();
  };
  const running = () => batches.at(-1)?.tasks.map(({ command }) => nameOf(command));
  return { ddl, batches, failures, submit, succeed, running };
}

const nameOf = (command: DdlCommand): string =>
  'collectionName' in command ? command.collectionName : command.kind;

describe('submitting', () => {
  it('hands every command on with its task id and who asked', async () => {
    const { submit, batches } = aSupervisor();
    const command = aCreate('a');
    await submit(command);
    expect(batches[0]?.tasks).toEqual([{ taskId: 1n, command, actor: 'test' }]);
  });

  it('collects what comes meanwhile into the next batch', async () => {
    const { submit, succeed, running } = aSupervisor();
    const replies = [
      await submit(aCreate('a')),
      await submit(aCreate('b')),
      await submit(aCreate('c')),
    ];
    expect(running()).toEqual(['a']);
    await succeed();
    expect(running()).toEqual(['b', 'c']);
    expect(replies.map((reply) => 'value' in reply)).toEqual([true, false, false]);
  });

  it('lets the next command on an object wait until the one before has settled', async () => {
    const { ddl, submit, batches, running } = aSupervisor();
    const create = await submit(aCreate('a'));
    const drop = await submit(aDrop('a'));
    batches[0]?.end({ stillBusy: [1n as TaskId] });
    await settled();
    expect(batches).toHaveLength(1);
    const record = aRecord();
    ddl.settle(1n as TaskId, record);
    await settled();
    expect(create.value).toBe(record);
    expect(running()).toEqual(['a']);
    expect(batches).toHaveLength(2);
    expect(drop).toEqual({});
  });

  it('tells the caller when the work after the commit failed', async () => {
    const { ddl, submit, batches } = aSupervisor();
    const create = await submit(aCreate('a'));
    batches[0]?.end({ stillBusy: [1n as TaskId] });
    const refusal = CoordError.plain('nobody watches');
    ddl.settle(1n as TaskId, refusal);
    await settled();
    expect(create.error).toBe(refusal);
  });

  it('performs what a client asked for who has gone away since', async () => {
    const { submit, succeed, running } = aSupervisor();
    const controller = new AbortController();
    await submit(aCreate('a'));
    const reply = await submit(aCreate('b'), controller.signal);
    controller.abort();
    await settled();
    expect(reply.error?.code).toBe(10000);
    await succeed();
    expect(running()).toEqual(['b']);
  });
});

describe('a full queue', () => {
  it('refuses clients with code 4, retriable, and forgets nobody who is in it', async () => {
    const { submit, succeed, running } = aSupervisor(2);
    await submit(aCreate('a'));
    const queued = [await submit(aCreate('b')), await submit(aCreate('c'))];
    const late = await submit(aCreate('d'));
    expect(late.error).toMatchObject({ code: 4, retriable: true, kind: 'TooManyRequests' });
    expect(queued).toEqual([{}, {}]);
    await succeed();
    expect(running()).toEqual(['b', 'c']);
    expect(await submit(aCreate('e'))).toEqual({});
  });

  it('still takes what actors ask for, before clients', async () => {
    const { submit, succeed, running } = aSupervisor(1);
    await submit(aCreate('a'));
    await submit(aCreate('b'));
    expect(await submit({ kind: 'markCreated', record: aRecord() })).toEqual({});
    await succeed();
    expect(running()).toEqual(['markCreated', 'b']);
  });
});

describe('draining', () => {
  it('refuses clients with code 1 at once and settles when all accepted work is done', async () => {
    const { ddl, submit, succeed } = aSupervisor();
    const accepted = [await submit(aCreate('a')), await submit(aCreate('b'))];
    const drained = watch(ddl.drain().then(() => 'drained'));
    const late = await submit(aCreate('c'));
    expect(late.error).toMatchObject({ code: 1, kind: 'ServiceNotReady', retriable: true });
    await succeed();
    expect(drained).toEqual({});
    await succeed();
    expect(accepted.every((reply) => 'value' in reply)).toBe(true);
    expect(drained.value).toBe('drained');
  });

  it('waits for collections under way, and lets their actors finish', async () => {
    const { ddl, submit, batches, succeed } = aSupervisor();
    await submit(aCreate('a'));
    const drained = watch(ddl.drain().then(() => 'drained'));
    batches[0]?.end({ stillBusy: [1n as TaskId] });
    await submit({ kind: 'markCreated', record: aRecord() });
    await succeed();
    expect(drained).toEqual({});
    ddl.settle(1n as TaskId, aRecord());
    await settled();
    expect(drained.value).toBe('drained');
  });

  it('is over at once when there is nothing to do', async () => {
    await expect(aSupervisor().ddl.drain()).resolves.toBeUndefined();
  });
});

describe('closing', () => {
  it('rejects everybody who waits, whether queued or under way', async () => {
    const { ddl, submit } = aSupervisor();
    const replies = [await submit(aCreate('a')), await submit(aCreate('b'))];
    ddl.close();
    await settled();
    for (const { error } of replies) expect(error).toMatchObject({ code: 1, retriable: true });
  });

  it('rejects who comes later, and who was about to get a task id', async () => {
    const { ddl, submit, batches } = aSupervisor();
    const early = watch(ddl.submit(aCreate('a'), CLIENT));
    ddl.close();
    const late = await submit(aCreate('b'));
    for (const { error } of [early, late]) expect(error?.kind).toBe('ServiceNotReady');
    expect(batches).toEqual([]);
  });

  it('ignores how a batch under way ends', async () => {
    const { ddl, submit, batches, failures } = aSupervisor();
    await submit(aCreate('a'));
    ddl.close();
    batches[0]?.breakDown(new Error('too late'));
    await settled();
    expect(failures).toEqual([]);
  });
});

describe('trouble', () => {
  it('passes on why a batch broke, once', async () => {
    const { submit, batches, failures } = aSupervisor();
    const reason = new Error('broken');
    await submit(aCreate('a'));
    await submit(aCreate('b'));
    batches[0]?.breakDown(reason);
    await settled();
    expect(failures).toEqual([reason]);
    expect(batches).toHaveLength(1);
  });

  it('tells the caller when there is no task id to be had', async () => {
    const refusal = CoordError.of('RateLimited');
    const ddl = new DdlSupervisor({
      clock: new VirtualClock(),
      catalog: catalogOf(),
      outcomes: new RecordedOutcomes(KEYS),
      queueLengthMax: 1,
      perform: async () => ({ stillBusy: [] }),
      allocateTaskId: () => Promise.reject(refusal),
      onSettled: () => {},
      onFailed: () => {},
    });
    await expect(ddl.submit(aCreate('a'), CLIENT)).rejects.toBe(refusal);
  });
});
