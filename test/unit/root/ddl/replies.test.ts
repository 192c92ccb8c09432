import { expect, it } from 'vitest';
import { CoordError } from '../../../../src/domain/errors.js';
import type { TaskId } from '../../../../src/domain/ids.js';
import { ReplyRegistry } from '../../../../src/root/ddl/replies.js';
import { watch } from '../../../kit/allocator-fixtures.js';
import { aRecord } from '../../../kit/records.js';
import { settled } from '../../../kit/virtual-clock.js';

const ONE = 1n as TaskId;
const TWO = 2n as TaskId;
const refusal = CoordError.plain('no');

it('tells each caller the outcome of its own task', async () => {
  const replies = new ReplyRegistry(() => {});
  const record = aRecord();
  const one = replies.wait(ONE);
  const two = watch(replies.wait(TWO));
  replies.fail(TWO, refusal);
  replies.succeed(ONE, record);
  expect(await one).toBe(record);
  await settled();
  expect(two.error).toBe(refusal);
});

it('settles once: whatever comes later changes nothing', async () => {
  const replies = new ReplyRegistry(() => {});
  const reply = replies.wait(ONE);
  replies.succeed(ONE, undefined);
  replies.fail(ONE, refusal);
  replies.failAll(refusal);
  expect(await reply).toBeUndefined();
});

it('lets a caller go at once when its signal fires, and ignores the outcome then', async () => {
  const replies = new ReplyRegistry(() => {});
  const controller = new AbortController();
  const reply = watch(replies.wait(ONE, controller.signal));
  controller.abort();
  await settled();
  expect(reply.error).toMatchObject({ kind: 'Cancelled', code: 10000 });
  replies.succeed(ONE, aRecord());
  await settled();
  expect(reply.value).toBeUndefined();
});

it('refuses a caller who left before it began to wait', async () => {
  const replies = new ReplyRegistry(() => {});
  await expect(replies.wait(ONE, AbortSignal.abort())).rejects.toMatchObject({ kind: 'Cancelled' });
});

it('keeps no listener on the signal once the task is settled', async () => {
  const replies = new ReplyRegistry(() => {});
  const controller = new AbortController();
  const reply = replies.wait(ONE, controller.signal);
  replies.succeed(ONE, undefined);
  await reply;
  controller.abort();
  await expect(reply).resolves.toBeUndefined();
});

it('lets every caller go at the end', async () => {
  const replies = new ReplyRegistry(() => {});
  const waiting = [watch(replies.wait(ONE)), watch(replies.wait(TWO))];
  replies.failAll(refusal);
  await settled();
  expect(waiting.map(({ error }) => error)).toEqual([refusal, refusal]);
});

it('takes an outcome nobody waits for in silence', () => {
  expect(() => new ReplyRegistry(() => {}).succeed(ONE, undefined)).not.toThrow();
});
