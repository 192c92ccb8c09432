import { type Scenario, step, together } from '../crash-scenario.js';
import { pairs } from '../schemas.js';
import {
  alterAlias,
  alterCollection,
  alterDatabase,
  createAlias,
  createCollection,
  createDatabase,
  createPartition,
  dropAlias,
  dropCollection,
  dropDatabase,
  dropPartition,
  rename,
  undropCollection,
  undropPartition,
} from './commands.js';

/** Several clients at the same moment: what they ask for goes into one commit. */
export const everythingAtOnce: Scenario = {
  name: 'many things happen in one commit',
  keepMs: 4_000,
  before: [
    ...['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'].map((name) =>
      step(`collection ${name}`, createCollection(name)),
    ),
    step('partition of c2', createPartition('p', 'c2')),
    step('partition of c3', createPartition('p', 'c3')),
    step('an alias', createAlias('a1', 'c1')),
    step('an alias that moves', createAlias('a2', 'c1')),
    step('an alias of what goes', createAlias('a6', 'c6')),
    step('an alias of what comes back', createAlias('a7', 'c7')),
    step('a database', createDatabase('x')),
    step('another', createDatabase('y')),
  ],
  steps: [
    step('a collection that comes back', dropCollection('c7')),
    step('a partition that comes back', dropPartition('p', 'c3')),
    together('all at once', [
      [['a1'], dropAlias('a1')],
      [['a2'], alterAlias('a2', 'c5')],
      [['a3'], createAlias('a3', 'c5')],
      [['c2'], dropPartition('p', 'c2')],
      [['c3'], undropPartition('p', 'c3')],
      [['c4', 'd4'], rename('c4', 'd4')],
      [['c5'], alterCollection('c5', pairs({ 'collection.ttl.seconds': 60 }))],
      [['c6', 'a6'], dropCollection('c6')],
      [['c7', 'a7'], undropCollection('c7')],
      [['c8'], createCollection('c8')],
      [['x'], dropDatabase('x')],
      [['y'], alterDatabase('y', pairs({ 'database.max.collections': 2 }))],
      [['z'], createDatabase('z')],
    ]),
  ],
};
