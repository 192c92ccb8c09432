import type { CollectionOrigin } from '../../../machines/root/collection.machine.js';
import type {
  PartitionOrigin,
  PartitionSubject,
} from '../../../machines/root/partition.machine.js';
import type { CoordError } from '../../domain/errors.js';
import type { TaskId } from '../../domain/ids.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { SchemaLimits } from '../../domain/schema/schema-limits.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { Write } from '../../ports/meta-store.js';
import type { LoadView } from '../../ports/peers.js';
import type { Change, ChangeStamp } from '../catalog/change.js';
import type { CatalogKeys } from '../catalog/keys.js';
import type { DmlChannelPool } from '../channels/dml-channels.js';

/** Limits a plan judges by; from the configuration (facts/rootcoord §21). */
export interface DdlLimits {
  readonly maxShardNum: number;
  readonly maxPartitionNum: number;
  readonly maxCollectionNum: number;
  readonly maxCollectionNumPerDatabase: number;
  readonly maxGeneralCapacity: number;
  readonly maxDatabaseNum: number;
}

/** What planning may look at besides the catalog; all but the loads is fixed for good. */
export interface PlanRules {
  readonly keys: CatalogKeys;
  readonly limits: DdlLimits;
  /** What an alteration may make of a schema. */
  readonly schemaLimits: SchemaLimits;
  readonly channels: DmlChannelPool;
  readonly defaultPartitionName: string;
  /** How long a drop can be taken back; 0 lets it become final at once. */
  readonly undropKeepMs: number;
  /** Drops kept at most, of collections and of partitions; past it the oldest become final. */
  readonly keptMax: number;
  /** Of the dropped partitions of one collection, which are a part of its record. */
  readonly keptPartitionsMax: number;
  /** What is loaded cannot change in every way. */
  readonly loads: LoadView;
}

/** What was allotted to one task before it is planned. */
export interface TaskStamp {
  readonly taskId: TaskId;
  readonly timestamp: Timestamp;
  /** First id of a block as long as `idsNeeded` asked for. */
  readonly firstId: bigint;
  readonly actor: string;
}

/** The words every change of one task carries. */
export const stampChange = (
  { taskId, timestamp, actor }: TaskStamp,
  operation: string,
): ChangeStamp => ({ taskId, timestamp, actor, operation });

/** What follows once the plan is committed. */
export type FollowUp =
  /** The collection's actor does the rest and tells when the caller may have its answer. */
  | {
      readonly kind: 'summon';
      readonly record: CollectionRecord;
      readonly origin: CollectionOrigin;
    }
  /** The same with a partition's actor. */
  | {
      readonly kind: 'summonPartition';
      readonly subject: PartitionSubject;
      readonly origin: PartitionOrigin;
    }
  /** Proxies forget the database; nobody waits for longer than they may take. */
  | { readonly kind: 'expireDatabase'; readonly databaseName: string }
  /** Proxies forget what an alias meant to them, and how they described these collections. */
  | {
      readonly kind: 'expireAlias';
      readonly databaseName: string;
      readonly alias: string;
      readonly collections: readonly CollectionRecord[];
    }
  /** The refusal is recorded: the caller may have it. */
  | { readonly kind: 'refuse'; readonly failure: CoordError }
  /** Nothing more to do: the caller has its answer. */
  | { readonly kind: 'settle'; readonly record: CollectionRecord | undefined };

/** A DDL decided: exactly what will be written and what happens then. Pure data. */
export interface CommitPlan {
  readonly kind: 'commit';
  /** In the order they happen; all of them in one commit. */
  readonly changes: readonly [Change, ...Change[]];
  /** Keys that must change with them, in the same commit. */
  readonly writes: readonly Write[];
  /** Keys below those. Too many for one commit, they are spread over several. */
  readonly children: readonly Write[];
  /**
   * Creation writes the parent first and removal removes it last, so that a crash in between
   * always leaves a record that recovery can finish (facts/rootcoord §17.2).
   */
  readonly order: 'parentFirst' | 'parentLast';
  readonly followUp: FollowUp;
}

/** The command asks for what already is: success, and nothing changes (§25 I6). */
export interface NothingToDo {
  readonly kind: 'nothing';
}

export type Plan = CommitPlan | NothingToDo;

export const NOTHING_TO_DO: NothingToDo = { kind: 'nothing' };
