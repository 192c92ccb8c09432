import { expect } from 'vitest';
import {
  InProcessMembership,
  MEMBERSHIP_LIMITS,
} from '../../src/adapters/in-process/membership.js';
import { VirtualClock } from '../kit/virtual-clock.js';
import { membershipContract } from './membership.contract.js';

membershipContract('in process', async () => {
  const clock = new VirtualClock();
  const opened: InProcessMembership[] = [];
  let allocated = 0n;
  return {
    open: async (limits = {}) => {
      const membership = new InProcessMembership({
        clock,
        allocateServerId: async () => ++allocated,
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
