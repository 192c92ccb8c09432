import { describe } from 'vitest';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';
import { undropFlowSuite } from './undrop/flow.js';
import { keepTimeSuite } from './undrop/keep-time.js';
import { deleteProtectionSuite } from './undrop/protection.js';

for (const kind of stores) {
  describe(`drops taken back, metadata in ${kind.name}`, () => {
    describe('while they are kept', () => {
      const server = SuiteServer.on(kind);
      undropFlowSuite(server);
      deleteProtectionSuite(server);
    });
    keepTimeSuite(kind);
  });
}
