import type { CollectionPlace } from './catalog-state.js';
import type { Step } from './step.js';

/** What cannot be changed in place: the plan shows it and nothing is applied. */
export interface Conflict {
  /** `database.collection`, or a database. */
  readonly place: string;
  readonly text: string;
}

/** How to get from what is there to what is wanted. */
export interface Difference {
  /** In the order they are performed in. */
  readonly steps: readonly Step[];
  readonly conflicts: readonly Conflict[];
}

/** Collects steps and conflicts while two states are compared. */
export class Findings {
  readonly steps: Step[] = [];
  readonly conflicts: Conflict[] = [];
  /** True when what the spec does not name should go. */
  readonly prune: boolean;

  constructor(prune: boolean) {
    this.prune = prune;
  }

  step(step: Step): void {
    this.steps.push(step);
  }

  conflict({ database, collection }: CollectionPlace, text: string): void {
    this.conflicts.push({ place: `${database}.${collection}`, text });
  }

  databaseConflict(database: string, text: string): void {
    this.conflicts.push({ place: database, text });
  }
}
