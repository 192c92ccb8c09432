import { describe } from 'vitest';
import { type MessageStreamHarness, useMessageBed } from '../kit/message-stream-bed.js';
import { appendsContract } from './message-stream-appends.contract.js';
import { positionsContract } from './message-stream-positions.contract.js';
import { readsContract } from './message-stream-reads.contract.js';
import { subscriptionsContract } from './message-stream-subscriptions.contract.js';

/** What every message stream promises (`src/ports/message-stream.ts`), asked of a real one. */
export function messageStreamContract(
  name: string,
  start: () => Promise<MessageStreamHarness>,
): void {
  describe(`MessageStream: ${name}`, () => {
    const bedOf = useMessageBed(start);
    appendsContract(bedOf);
    readsContract(bedOf);
    subscriptionsContract(bedOf);
    positionsContract(bedOf);
  });
}
