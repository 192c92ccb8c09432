import { describe } from 'vitest';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';
import { feedSuite } from './control/feed.js';
import { listingSuite } from './control/listing.js';
import { resumeSuite } from './control/resume.js';
import { snapshotSuite } from './control/snapshot.js';

for (const kind of stores) {
  describe(`the control service, metadata in ${kind.name}`, () => {
    const server = SuiteServer.on(kind);
    feedSuite(server);
    snapshotSuite(server);
    listingSuite(server);
  });
  describe(`the change feed across a crash, metadata in ${kind.name}`, () => {
    resumeSuite(SuiteServer.on(kind));
  });
}
