import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActualState } from '../../../src/spec/catalog-state.js';
import { diffSpec } from '../../../src/spec/diff-spec.js';
import { stepLine } from '../../../src/spec/step-line.js';
import { aDesiredState, anActualState } from '../../kit/arbitrary-spec.js';
import { applyStep } from '../../kit/spec-model.js';

const RUNS = 600;
/** The same specs every time, so that every kind of step is surely among them. */
const SEED = 20260102;

describe('diffSpec, for random specs and servers', { timeout: 60_000 }, () => {
  it('finds nothing to do where everything is as the spec says', () => {
    fc.assert(
      fc.property(anActualState, fc.boolean(), (actual, prune) => {
        const same = new Map([...actual].map(([name, it]) => [name, asDesired(it)]));
        expect(diffSpec(same, actual, { prune })).toEqual({ steps: [], conflicts: [] });
      }),
      { numRuns: 200 },
    );
  });

  it('gives steps a server takes in their order, and nothing is left after them', () => {
    let performed = 0;
    const kinds = new Set<string>();
    fc.assert(
      fc.property(aDesiredState, anActualState, fc.boolean(), (desired, actual, prune) => {
        const { steps, conflicts } = diffSpec(desired, actual, { prune });
        if (conflicts.length > 0) return;
        performed += 1;
        for (const { kind } of steps) kinds.add(kind);
        const after = steps.reduce<ActualState>(applyStep, actual);
        expect(diffSpec(desired, after, { prune })).toEqual({ steps: [], conflicts: [] });
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(performed).toBeGreaterThan(RUNS / 4);
    expect([...kinds].sort()).toEqual(EVERY_KIND);
  });

  it('goes on where it was stopped', () => {
    fc.assert(
      fc.property(aDesiredState, anActualState, fc.nat(), (desired, actual, at) => {
        const { steps, conflicts } = diffSpec(desired, actual, { prune: true });
        if (conflicts.length > 0) return;
        const done = at % (steps.length + 1);
        const half = steps.slice(0, done).reduce<ActualState>(applyStep, actual);
        const rest = diffSpec(desired, half, { prune: true });
        expect(rest.conflicts).toEqual([]);
        expect(rest.steps.map(stepLine).sort()).toEqual(steps.slice(done).map(stepLine).sort());
      }),
      { numRuns: RUNS },
    );
  });

  it('leaves databases alone that the spec does not name', () => {
    fc.assert(
      fc.property(aDesiredState, anActualState, (desired, actual) => {
        const { steps } = diffSpec(desired, actual, { prune: true });
        for (const { database } of steps) expect(desired.has(database)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('drops and removes nothing unless asked to', () => {
    fc.assert(
      fc.property(aDesiredState, anActualState, (desired, actual) => {
        const { steps } = diffSpec(desired, actual, { prune: false });
        for (const { kind } of steps) expect(kind).not.toMatch(/^(drop|remove)/);
      }),
      { numRuns: 200 },
    );
  });
});

const asDesired = (database: NonNullable<ReturnType<ActualState['get']>>) => ({
  ...database,
  absent: false,
  collections: new Map(
    [...database.collections].map(([name, it]) => [name, { ...it, renamedFrom: undefined }]),
  ),
});

/** All but those of an absent database, which have a test of their own. */
const EVERY_KIND = [
  'addField',
  'addFunction',
  'alterAlias',
  'alterFunction',
  'createAlias',
  'createCollection',
  'createDatabase',
  'createPartition',
  'dropAlias',
  'dropCollection',
  'dropFunction',
  'dropPartition',
  'removeCollectionProperties',
  'removeDatabaseProperties',
  'removeFieldParams',
  'renameCollection',
  'setCollectionProperties',
  'setDatabaseProperties',
  'setFieldParams',
];
