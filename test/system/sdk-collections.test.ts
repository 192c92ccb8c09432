import { describe } from 'vitest';
import { stores } from '../kit/stores.js';
import { SuiteServer } from '../kit/suite-server.js';
import { concurrencySuite } from './sdk/concurrency.js';
import { connectingSuite } from './sdk/connecting.js';
import { creatingSuite } from './sdk/creating.js';
import { fieldTypesSuite } from './sdk/field-types.js';
import { listingSuite } from './sdk/listing.js';
import { repeatingSuite } from './sdk/repeating.js';
import { timeTravelSuite } from './sdk/time-travel.js';

for (const kind of stores) {
  describe(`the official Node SDK, metadata in ${kind.name}`, () => {
    const server = SuiteServer.on(kind);
    connectingSuite(server);
    fieldTypesSuite(server);
    creatingSuite(server);
    repeatingSuite(server);
    listingSuite(server);
    concurrencySuite(server);
    timeTravelSuite(server);
  });
}
