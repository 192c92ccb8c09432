import { afterAll, beforeAll, describe } from 'vitest';
import { SystemClock } from '../../src/adapters/clock/system-clock.js';
import { EmbeddedMessageStream } from '../../src/adapters/embedded/embedded-message-stream.js';
import {
  type MemoryChannels,
  MemoryMessageStream,
} from '../../src/adapters/memory/memory-message-stream.js';
import { NatsMessageStream } from '../../src/adapters/nats/nats-message-stream.js';
import type { MessageStream } from '../../src/ports/message-stream.js';
import {
  KEEP_ALL,
  type MessageStreamHarness,
  type OpenStreamOptions,
} from '../kit/message-stream-bed.js';
import { type NatsServer, startNats } from '../kit/nats-server.js';
import { temporaryDirectory } from '../kit/temporary-directory.js';
import { messageStreamContract } from './message-stream.contract.js';

/** Short, so that a test need not wait for what is forgotten by itself. */
const SWEEP_EVERY_MS = 50;

/** A harness that closes whatever was opened through it, newest first. */
function harnessOf(
  openOne: (options: OpenStreamOptions) => Promise<MessageStream>,
  removeData: () => Promise<void>,
): MessageStreamHarness {
  const opened: MessageStream[] = [];
  return {
    open: async (options = {}) => {
      const stream = await openOne(options);
      opened.unshift(stream);
      return stream;
    },
    dispose: async () => {
      for (const stream of opened) await stream.close();
      await removeData();
    },
  };
}

messageStreamContract('memory', async () => {
  const channels: MemoryChannels = new Map();
  const clock = new SystemClock();
  return harnessOf(
    async (options) => new MemoryMessageStream(channels, { clock, ...options }),
    async () => {},
  );
});

messageStreamContract('embedded', async () => {
  const directory = await temporaryDirectory();
  const common = { dataDir: directory.path, retention: KEEP_ALL, sweepEveryMs: SWEEP_EVERY_MS };
  return harnessOf(
    (options) => EmbeddedMessageStream.open({ ...common, ...options }),
    directory.remove,
  );
});

describe('on a real nats-server', () => {
  let server: NatsServer;

  beforeAll(async () => {
    server = await startNats();
  });

  afterAll(() => server.stop());

  messageStreamContract('nats', async () => {
    const common = { servers: [server.endpoint], retention: KEEP_ALL };
    return harnessOf(
      (options) => NatsMessageStream.open({ ...common, ...options }),
      // JetStream sets aside what a channel may hold, so the channels of every test are too much.
      async () => {
        const stream = await NatsMessageStream.open(common);
        for (const channel of await stream.channels('')) await stream.deleteChannel(channel);
        await stream.close();
      },
    );
  });
});
