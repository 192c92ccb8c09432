import { DELETE_PROTECTION_KEY, isDeleteProtected } from '../domain/delete-protection.js';
import {
  type ActualState,
  type DatabaseState,
  type DesiredDatabase,
  type DesiredState,
  type Properties,
  toPairs,
} from './catalog-state.js';
import { diffAliases } from './diff-aliases.js';
import { createCollection, diffCollection } from './diff-collection.js';
import { diffProperties } from './diff-properties.js';
import { type Difference, Findings } from './findings.js';
import { Renames } from './renames.js';
import { byStage } from './step.js';

export interface DiffOptions {
  /** True drops what the spec does not name, inside the databases it names. */
  readonly prune: boolean;
}

/**
 * The DDL that makes of what is there what the spec wants, and what no DDL can. Databases the spec
 * does not name, default partitions and, without `prune`, everything else it does not name are left
 * alone. Performing any number of the steps in order and asking again gives the steps that are left.
 */
export function diffSpec(
  desired: DesiredState,
  actual: ActualState,
  { prune }: DiffOptions,
): Difference {
  const findings = new Findings(prune);
  const renames = Renames.find(desired, actual, findings);
  for (const database of desired.values()) {
    const existing = actual.get(database.name);
    if (!database.absent) diffDatabase(database, existing, renames, findings);
    else if (existing !== undefined && prune) dropDatabase(existing, renames, findings);
  }
  return { steps: byStage(findings.steps).flat(), conflicts: findings.conflicts };
}

function diffDatabase(
  wanted: DesiredDatabase,
  existing: DatabaseState | undefined,
  renames: Renames,
  findings: Findings,
): void {
  if (existing === undefined) {
    const properties = toPairs(wanted.properties);
    findings.step({ kind: 'createDatabase', database: wanted.name, properties });
  } else {
    diffDatabaseProperties(wanted, existing, findings);
  }
  for (const collection of wanted.collections.values()) {
    const place = { database: wanted.name, collection: collection.name };
    const source = existing?.collections.get(collection.name) ?? renames.sourceOf(place);
    if (source === undefined) createCollection(place, collection, findings);
    else diffCollection(place, collection, source, findings);
  }
  diffAliases(wanted, existing, renames, findings);
  if (findings.prune && existing !== undefined) dropUnnamed(wanted, existing, renames, findings);
}

function diffDatabaseProperties(
  { name: database, properties }: DesiredDatabase,
  existing: DatabaseState,
  findings: Findings,
): void {
  const { set, unwanted } = diffProperties(properties, existing.properties);
  if (set.length > 0) findings.step({ kind: 'setDatabaseProperties', database, properties: set });
  if (unwanted.length > 0 && findings.prune) {
    findings.step({ kind: 'removeDatabaseProperties', database, keys: unwanted });
  }
}

/** Drops the collections that neither have a wanted name nor get one; aliases go before. */
function dropUnnamed(
  wanted: DesiredDatabase,
  existing: DatabaseState,
  renames: Renames,
  findings: Findings,
): void {
  for (const { name, properties } of existing.collections.values()) {
    const place = { database: existing.name, collection: name };
    if (renames.targetOf(place) !== undefined || wanted.collections.has(name)) continue;
    if (isProtected(properties)) {
      findings.conflict(place, `is not in the spec and protected (${DELETE_PROTECTION_KEY})`);
    } else {
      findings.step({ kind: 'dropCollection', ...place });
    }
  }
}

function dropDatabase(existing: DatabaseState, renames: Renames, findings: Findings): void {
  const { name, properties } = existing;
  const nothing = { name, absent: true, properties, collections: new Map() };
  diffAliases(nothing, existing, renames, findings);
  dropUnnamed(nothing, existing, renames, findings);
  if (isProtected(properties)) {
    findings.databaseConflict(name, `should be absent and is protected (${DELETE_PROTECTION_KEY})`);
  } else {
    findings.step({ kind: 'dropDatabase', database: name });
  }
}

const isProtected = (properties: Properties): boolean => isDeleteProtected(toPairs(properties));
