import { connect } from 'node:http2';
import { setLogger } from '@grpc/grpc-js';
import { afterEach, expect, it } from 'vitest';
import { HealthService } from '../../../src/gen/grpc/health/v1/health.js';
import type { LogFields } from '../../../src/ports/logger.js';
import { logGrpc } from '../../../src/rpc/grpc-log.js';
import { addHealth } from '../../../src/rpc/health.js';
import { startLoopbackServer } from '../../kit/loopback-server.js';
import { silentLogger } from '../../kit/silent-logger.js';

afterEach(() => setLogger(console));

it('what grpc-js has to say about a bad header goes to our log, below what is shown', async () => {
  const heard: unknown[] = [];
  logGrpc({ ...silentLogger, debug: (fields: LogFields) => heard.push(fields.text) });
  const server = await startLoopbackServer((made) => void addHealth(made));
  const session = connect(`http://${server.address}`);
  await new Promise<void>((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': HealthService.check.path,
      'content-type': 'application/grpc',
      dbname: '\xff',
    });
    stream.on('close', resolve);
    stream.resume();
    stream.end();
  });
  session.destroy();
  server.close();
  expect(heard).toEqual([expect.stringContaining('dbname')]);
});
