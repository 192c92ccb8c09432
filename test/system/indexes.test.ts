import { describe } from 'vitest';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';
import { dataCoordIndexSuite } from './indexes/data-coord.js';
import { indexFlowSuite } from './indexes/flow.js';
import { indexLifetimeSuite } from './indexes/lifetime.js';
import { indexRefusalSuite } from './indexes/refusals.js';
import { earlyIndexSuite } from './indexes/root-coord.js';
import { earlySegmentSuite } from './indexes/root-coord-segments.js';

for (const kind of stores) {
  describe(`indexes, metadata in ${kind.name}`, () => {
    describe('as clients use them', () => {
      const server = SuiteServer.on(kind);
      indexFlowSuite(server);
      indexRefusalSuite(server);
      dataCoordIndexSuite(server);
      earlyIndexSuite(server);
      earlySegmentSuite(server);
    });
    indexLifetimeSuite(kind);
  });
}
