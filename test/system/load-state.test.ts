import { describe } from 'vitest';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';
import { loadFlowSuite } from './loads/flow.js';
import { loadLifetimeSuite } from './loads/lifetime.js';
import { loadedRuleSuite } from './loads/loaded-rules.js';
import { loadRefusalSuite } from './loads/refusals.js';
import { statisticsSuite } from './loads/statistics.js';

for (const kind of stores) {
  describe(`load state, metadata in ${kind.name}`, () => {
    describe('as clients use it', () => {
      const server = SuiteServer.on(kind);
      loadFlowSuite(server);
      loadRefusalSuite(server);
      loadedRuleSuite(server);
      statisticsSuite(server);
    });
    loadLifetimeSuite(kind);
  });
}
