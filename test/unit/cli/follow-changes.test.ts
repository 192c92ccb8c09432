import { credentials, type ServerWritableStream, status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followChanges } from '../../../src/cli/follow-changes.js';
import {
  ChangeEvent,
  ControlServiceClient,
  ControlServiceService,
  WatchRequest,
  WatchResponse,
} from '../../../src/gen/control.js';
import { type LoopbackServer, startLoopbackServer } from '../../kit/loopback-server.js';

/** How many messages each connection carries, and how it ends: with a status, or just so. */
interface Session {
  readonly messages: number;
  readonly code: number | undefined;
}

const LAST = 40n;
const PER_MESSAGE = 3n;

/** A journal of changes 1 … LAST, of which connections carry no more than their session says. */
class Journal {
  sessions: Session[] = [];
  readonly asked: bigint[] = [];

  watch = (call: ServerWritableStream<WatchRequest, WatchResponse>): void => {
    let after = call.request.afterSequence;
    this.asked.push(after);
    const { messages, code } = this.sessions.shift() ?? { messages: Infinity, code: undefined };
    for (let sent = 0; sent < messages && after < LAST; sent += 1) {
      const events: ChangeEvent[] = [];
      for (let n = 0n; n < PER_MESSAGE && after < LAST; n += 1n) {
        after += 1n;
        // Every fifth change does not match the filter.
        if (after % 5n !== 0n) events.push(ChangeEvent.create({ sequence: after }));
      }
      call.write(WatchResponse.create({ events, resumeSequence: after }));
    }
    if (code !== undefined) call.emit('error', { code, details: 'as the test says' });
    else if (after < LAST) call.end();
  };
}

describe('followChanges', () => {
  const journal = new Journal();
  let server: LoopbackServer;
  let client: ControlServiceClient;

  beforeAll(async () => {
    server = await startLoopbackServer((it) =>
      it.addService(ControlServiceService, {
        watch: journal.watch,
        snapshot: () => undefined,
        listCollections: () => undefined,
        listDropped: () => undefined,
        undropCollection: () => undefined,
        undropPartition: () => undefined,
      }),
    );
    client = new ControlServiceClient(server.address, credentials.createInsecure());
  });

  afterAll(() => {
    client.close();
    server.close();
  });

  const follow = async (sessions: Session[], afterSequence = 0n) => {
    journal.sessions = [...sessions];
    journal.asked.length = 0;
    const seen: bigint[] = [];
    const lost: (bigint | undefined)[] = [];
    const controller = new AbortController();
    const options = { signal: controller.signal, onLost: (at?: bigint) => void lost.push(at) };
    const request = WatchRequest.fromPartial({ afterSequence });
    for await (const events of followChanges(client, request, options)) {
      seen.push(...events.map(({ sequence }) => sequence));
      if (seen.at(-1) === LAST - 1n) controller.abort();
    }
    return { seen, lost };
  };

  const expected = (after: bigint): bigint[] =>
    Array.from({ length: Number(LAST - after) }, (_, i) => after + BigInt(i) + 1n).filter(
      (sequence) => sequence % 5n !== 0n,
    );

  it('loses nothing and repeats nothing, wherever connections end', async () => {
    const session = fc.record({
      messages: fc.nat(6),
      code: fc.constantFrom(undefined, status.UNAVAILABLE, status.CANCELLED, status.ABORTED),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(session, { maxLength: 3 }),
        fc.bigInt({ min: 0n, max: LAST - 2n }),
        async (sessions, after) => {
          const { seen } = await follow(sessions, after);
          expect(seen).toEqual(expected(after));
        },
      ),
      { numRuns: 12 },
    );
  });

  it('says after which change it goes on', async () => {
    const cut = { messages: 2, code: status.UNAVAILABLE };
    const { lost } = await follow([cut, { messages: 0, code: status.UNAVAILABLE }, cut]);
    expect(lost).toEqual([6n, 6n, 12n]);
    expect(journal.asked).toEqual([0n, 6n, 6n, 12n]);
  });

  it('does not go on after any other failure', async () => {
    const tooLate = { messages: 0, code: status.OUT_OF_RANGE };
    await expect(follow([tooLate])).rejects.toMatchObject({ code: status.OUT_OF_RANGE });
    expect(journal.asked).toEqual([0n]);
  });
});
