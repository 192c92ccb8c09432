import type { Deed, DeedKind } from './catalog-deeds.js';
import type { Step } from './catalog-player.js';

const deed = (kind: DeedKind, differences: Partial<Deed> = {}): Deed => ({
  kind,
  database: 'default',
  name: 'a',
  otherDatabase: 'x',
  otherName: 'b',
  partition: 'p',
  choice: 0,
  ...differences,
});

const MINUTE_MS = 60_000;
const pass = (minutes: number): Step => ({ kind: 'pass', ms: minutes * MINUTE_MS });
const stop: Step = { kind: 'stop', ms: 0 };
const kill: Step = { kind: 'kill', ms: 0 };

/** A history in which every kind of deed has something to do; random ones need not have. */
export const TOUR: readonly Step[] = [
  deed('createDatabase'),
  deed('alterDatabase', { choice: 1 }),
  deed('createCollection'),
  deed('createCollection', { name: 'c', choice: 1 }),
  deed('createAlias'),
  stop,
  deed('alterAlias', { name: 'c' }),
  deed('createAlias', { otherName: 'd' }),
  deed('createPartition', { name: 'd' }),
  deed('dropPartition'),
  deed('undropPartition'),
  kill,
  deed('alterCollection', { choice: 8 }),
  deed('alterCollection', { choice: 10 }),
  deed('alterField'),
  deed('addField'),
  deed('addFunction'),
  deed('alterFunction', { choice: 1 }),
  deed('dropFunction'),
  deed('truncate', { name: 'c' }),
  pass(20),
  deed('dropCollection'),
  deed('undropCollection', { choice: 1 }),
  deed('dropAlias', { otherName: 'd' }),
  deed('renameCollection', { otherName: 'd' }),
  kill,
  deed('renameCollection', { database: 'x', name: 'd', otherDatabase: 'default', otherName: 'a' }),
  deed('dropAlias'),
  deed('renameCollection', { name: 'c', otherName: 'c' }),
  deed('renameCollection', { database: 'x', name: 'c', otherDatabase: 'default', otherName: 'c' }),
  deed('alterCollection', { choice: 3 }),
  deed('dropCollection'),
  deed('alterCollection', { choice: 5 }),
  deed('dropCollection'),
  deed('dropDatabase'),
  pass(70),
  deed('undropCollection', { choice: 1 }),
  stop,
  deed('createCollection'),
  pass(70),
];
