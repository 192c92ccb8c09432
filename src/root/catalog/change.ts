import type { CollectionId, DatabaseId, TaskId } from '../../domain/ids.js';
import type {
  AliasRecord,
  CollectionRecord,
  DatabaseRecord,
  PartitionRecord,
} from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';

/** One object before and after; undefined where it does not exist. */
interface BeforeAndAfter<Kind extends string, Record> {
  readonly kind: Kind;
  readonly before: Record | undefined;
  readonly after: Record | undefined;
}

export type DatabaseTransition = BeforeAndAfter<'database', DatabaseRecord>;
export type CollectionTransition = BeforeAndAfter<'collection', CollectionRecord>;
export type AliasTransition = BeforeAndAfter<'alias', AliasRecord>;

/** A partition is part of its collection's record, but has a life and a history of its own. */
export interface PartitionTransition extends BeforeAndAfter<'partition', PartitionRecord> {
  readonly collectionId: CollectionId;
  readonly databaseId: DatabaseId;
}

/** What happens to one object. */
export type Transition =
  | DatabaseTransition
  | CollectionTransition
  | PartitionTransition
  | AliasTransition;

/** Who asked for it, when it takes effect, and what it is called. */
export interface ChangeStamp {
  /** The DDL's timestamp: readers at or past it see the change. */
  readonly timestamp: Timestamp;
  readonly taskId: TaskId;
  readonly actor: string;
  readonly operation: string;
}

export type DatabaseChange = DatabaseTransition & ChangeStamp;
export type CollectionChange = CollectionTransition & ChangeStamp;
export type PartitionChange = PartitionTransition & ChangeStamp;
export type AliasChange = AliasTransition & ChangeStamp;

/** What a commit does to the catalog, one object at a time. */
export type Change = DatabaseChange | CollectionChange | PartitionChange | AliasChange;
