import { describe } from 'vitest';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';
import { allocationSuite } from './root/allocation.js';
import { commandLineSuite } from './root/command-line.js';
import { componentsSuite } from './root/components.js';
import { lifetimeSuite } from './root/lifetime.js';
import { limitsSuite } from './root/limits.js';
import { messageTypesSuite } from './root/message-types.js';
import { preconditionsSuite } from './root/preconditions.js';
import { unbuiltSuite } from './root/unbuilt.js';

commandLineSuite();

for (const kind of stores) {
  describe(`RootCoord over gRPC, metadata in ${kind.name}`, () => {
    describe('as it comes', () => {
      const server = SuiteServer.on(kind);
      messageTypesSuite(server);
      allocationSuite(server);
      preconditionsSuite(server);
      componentsSuite(server);
      unbuiltSuite(server);
    });
    limitsSuite(kind);
    lifetimeSuite(kind);
  });
}
