import { CoordError, echo } from '../domain/errors.js';
import { DEFAULT_DATABASE_NAME } from '../domain/ids.js';
import {
  checkAlias,
  checkCollectionName,
  checkDatabaseName,
  checkPartitionName,
} from '../domain/names.js';
import { buildCollection, type SpecRules } from './build-collection.js';
import type { DesiredCollection, DesiredDatabase, DesiredState } from './catalog-state.js';
import { checkRenames } from './check-renames.js';
import type { SpecDatabase } from './document-schema.js';
import { readDocument } from './read-document.js';
import { SpecError, type SpecPath, type SpecProblem } from './spec-error.js';

/**
 * What a spec asks for. @throws SpecError with every problem: of form, of names, and of every
 * collection the first rule it breaks.
 */
export function parseSpec(content: string, rules: SpecRules): DesiredState {
  const { document, lineAt } = readDocument(content);
  const builder = new SpecBuilder(rules);
  const desired = new Map(
    Object.entries(document.databases).map(([name, spec]) => [name, builder.database(name, spec)]),
  );
  const problems = [...builder.problems, ...checkRenames(desired)];
  if (problems.length > 0) throw new SpecError(problems, lineAt);
  return desired;
}

/** Goes on after a problem, so that one run tells them all. */
class SpecBuilder {
  readonly problems: SpecProblem[] = [];
  readonly #rules: SpecRules;

  constructor(rules: SpecRules) {
    this.#rules = rules;
  }

  database(name: string, spec: SpecDatabase): DesiredDatabase {
    const path = ['databases', name];
    this.#attempt(path, () => checkDatabaseName(name, this.#rules.limits.maxNameLength));
    if (spec.absent) this.#checkAbsent(path, name, spec);
    const collections = new Map<string, DesiredCollection>();
    for (const [collectionName, collectionSpec] of Object.entries(spec.collections)) {
      const place = { database: name, collection: collectionName };
      const at = [...path, 'collections', collectionName];
      const built = this.#attempt(at, () => buildCollection(place, collectionSpec, this.#rules));
      if (built === undefined) continue;
      this.#checkNames(at, built);
      collections.set(collectionName, built);
    }
    this.#checkAliases(path, collections);
    return {
      name,
      absent: spec.absent,
      properties: new Map(Object.entries(spec.properties)),
      collections,
    };
  }

  #checkAbsent(path: SpecPath, name: string, spec: SpecDatabase): void {
    if (name === DEFAULT_DATABASE_NAME) {
      this.#problem(path, 'the default database cannot be absent');
    }
    if (Object.keys(spec.collections).length > 0) {
      this.#problem(path, 'an absent database has no collections');
    }
  }

  #checkNames(path: SpecPath, { name, partitions, aliases }: DesiredCollection): void {
    this.#checkName(path, name, checkCollectionName);
    for (const partition of partitions) {
      this.#checkName([...path, 'partitions'], partition, checkPartitionName);
    }
    for (const alias of aliases) this.#checkName([...path, 'aliases'], alias, checkAlias);
  }

  #checkName(
    path: SpecPath,
    name: string,
    check: (name: string, maxNameLength: number) => string,
  ): void {
    const checked = this.#attempt(path, () => check(name, this.#rules.limits.maxNameLength));
    // The server would trim it, and the next plan would not find it.
    if (checked !== undefined && checked !== name) {
      this.#problem(path, `"${echo(name)}" has white space around it`);
    }
  }

  /** Collections and aliases of a database share one table of names. */
  #checkAliases(path: SpecPath, collections: ReadonlyMap<string, DesiredCollection>): void {
    const owners = new Map<string, string>();
    for (const { name, aliases } of collections.values()) {
      const at = [...path, 'collections', name, 'aliases'];
      for (const alias of aliases) {
        const owner = owners.get(alias);
        owners.set(alias, name);
        if (owner !== undefined) this.#problem(at, `${echo(alias)} is an alias of ${owner}, too`);
        if (collections.has(alias)) this.#problem(at, `${echo(alias)} is a collection, too`);
      }
    }
  }

  #attempt<T>(path: SpecPath, action: () => T): T | undefined {
    try {
      return action();
    } catch (caught) {
      if (!(caught instanceof CoordError)) throw caught;
      this.#problem(path, caught.message);
      return undefined;
    }
  }

  #problem(path: SpecPath, text: string): void {
    this.problems.push({ path, text });
  }
}
