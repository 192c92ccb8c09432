import type { TaskId } from '../../domain/ids.js';
import type { CollectionRecord, DatabaseRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';

/** One collection before and after; undefined where it does not exist. */
interface CollectionTransition {
  readonly kind: 'collection';
  readonly before: CollectionRecord | undefined;
  readonly after: CollectionRecord | undefined;
}

interface DatabaseTransition {
  readonly kind: 'database';
  readonly before: DatabaseRecord | undefined;
  readonly after: DatabaseRecord | undefined;
}

/** What happens to one object. */
export type Transition = CollectionTransition | DatabaseTransition;

/** Who asked for it, when it takes effect, and what it is called. */
export interface ChangeStamp {
  /** The DDL's timestamp: readers at or past it see the change. */
  readonly timestamp: Timestamp;
  readonly taskId: TaskId;
  readonly actor: string;
  readonly operation: string;
}

export type CollectionChange = CollectionTransition & ChangeStamp;
export type DatabaseChange = DatabaseTransition & ChangeStamp;

/** What a commit does to the catalog, one object at a time. */
export type Change = CollectionChange | DatabaseChange;
