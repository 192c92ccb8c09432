import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StatusOk } from '../../../../src/domain/status.js';
import type { Timestamp } from '../../../../src/domain/timestamp.js';
import { AllocTimestampResponse } from '../../../../src/gen/root_coord.js';
import { encodeTimestampReply } from '../../../../src/rpc/root/timestamp-reply.js';

it('writes what the generated encoder writes, for every block', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
      fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      (timestamp, count) => {
        const ours = encodeTimestampReply(timestamp as Timestamp, count);
        const reply = { status: StatusOk, timestamp, count };
        const theirs = AllocTimestampResponse.encode(reply).finish();
        expect(ours.toString('hex')).toBe(Buffer.from(theirs).toString('hex'));
      },
    ),
    {
      numRuns: 2_000,
      examples: [
        [1n, 1],
        [127n, 127],
        [128n, 128],
        [2n ** 32n, 2 ** 32 - 1],
      ],
    },
  );
});
