import { describe } from 'vitest';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';
import { partitionFlowSuite } from './partitions/flow.js';
import { partitionLifetimeSuite } from './partitions/lifetime.js';
import { partitionRefusalSuite } from './partitions/refusals.js';

for (const kind of stores) {
  describe(`partitions, metadata in ${kind.name}`, () => {
    describe('as clients use them', () => {
      const server = SuiteServer.on(kind);
      partitionFlowSuite(server);
      partitionRefusalSuite(server);
    });
    partitionLifetimeSuite(kind);
  });
}
