import { expect } from 'vitest';
import {
  InProcessMembership,
  MEMBERSHIP_LIMITS,
} from '../../src/adapters/in-process/membership.js';
import type { Clock } from '../../src/ports/clock.js';
import type { SessionRecords } from '../../src/ports/session-records.js';
import { SessionWorld } from '../kit/session-world.js';
import { VirtualClock } from '../kit/virtual-clock.js';
import { membershipContract } from './membership.contract.js';

type OpenRecords = (clock: Clock) => Promise<SessionRecords | undefined>;

function inProcess(name: string, openRecords: OpenRecords): void {
  membershipContract(name, async () => {
    const clock = new VirtualClock();
    const opened: InProcessMembership[] = [];
    let allocated = 0n;
    return {
      open: async (limits = {}) => {
        const membership = new InProcessMembership({
          clock,
          allocateServerId: async () => ++allocated,
          records: await openRecords(clock),
          limits: { ...MEMBERSHIP_LIMITS, ...limits },
        });
        opened.push(membership);
        return membership;
      },
      pass: (ms) => clock.advance(ms),
      dispose: async () => {
        for (const membership of opened) await membership.close();
        expect(clock.timerCount).toBe(0);
      },
    };
  });
}

inProcess('in process', async () => undefined);
inProcess('in process, written down', (clock) => new SessionWorld(clock).openRecords());
