import { describe } from 'vitest';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';
import { atRootSuite } from './alterations/at-root.js';
import { concurrencySuite } from './alterations/concurrency.js';
import { coordinatorsSuite } from './alterations/coordinators.js';
import { functionsSuite } from './alterations/functions.js';
import { pastSuite } from './alterations/past.js';
import { propertiesSuite } from './alterations/properties.js';
import { alterationRefusalsSuite } from './alterations/refusals.js';
import { renamingSuite } from './alterations/renaming.js';
import { truncatingSuite } from './alterations/truncating.js';

for (const kind of stores) {
  describe(`altering collections, metadata in ${kind.name}`, () => {
    const server = SuiteServer.on(kind);
    propertiesSuite(server);
    functionsSuite(server);
    renamingSuite(server);
    truncatingSuite(server);
    alterationRefusalsSuite(server);
    pastSuite(server);
    concurrencySuite(server);
    coordinatorsSuite(server);
    atRootSuite(server);
  });
}
