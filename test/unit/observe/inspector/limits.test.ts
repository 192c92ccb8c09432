import { describe, expect, it } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { LiveActors } from '../../../../src/observe/inspector/live-actors.js';
import { MessageRing } from '../../../../src/observe/inspector/message-ring.js';

const MIB = 1024 * 1024;
const idle = createMachine({});

describe('MessageRing', () => {
  const filled = (sizes: readonly number[]) => {
    const ring = new MessageRing();
    sizes.forEach((size, i) => {
      ring.push({ sessionId: `x:${i}`, introduces: false, message: Buffer.alloc(size) });
    });
    return { ring, kept: [...ring].map(({ sessionId }) => sessionId) };
  };

  it('keeps the last 1024 messages', () => {
    const { ring, kept } = filled(Array.from({ length: 1_030 }, () => 10));
    expect([kept.length, kept[0], kept.at(-1), ring.dropped]).toEqual([1_024, 'x:6', 'x:1029', 6]);
  });

  it('keeps 4 MiB, however few messages that are', () => {
    const { ring, kept } = filled([MIB, 1, 2 * MIB, MIB, 10]);
    expect([kept, ring.dropped]).toEqual([['x:1', 'x:2', 'x:3', 'x:4'], 1]);
  });
});

describe('LiveActors', () => {
  it('forgets the actor that was quiet longest once 2048 live', () => {
    const live = new LiveActors();
    const births = Array.from({ length: 2_049 }, () => createActor(idle));
    for (const actorRef of births.slice(0, 2_048)) live.add({ actorRef, rootId: 'x:0' });
    const [oldest, second] = births.map(({ sessionId }) => sessionId);
    expect(live.touch(oldest ?? '')).toBe(true);
    for (const actorRef of births.slice(2_048)) live.add({ actorRef, rootId: 'x:0' });
    expect([live.has(oldest ?? ''), live.has(second ?? ''), live.dropped]).toEqual([
      true,
      false,
      1,
    ]);
    const expected = births.map(({ sessionId }) => sessionId).filter((id) => id !== second);
    expect(live.inOrderOfBirth().map(({ actorRef }) => actorRef.sessionId)).toEqual(expected);
  });
});
