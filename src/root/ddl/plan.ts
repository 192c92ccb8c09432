import type { TaskId } from '../../domain/ids.js';
import type { CollectionRecord } from '../../domain/records.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { Write } from '../../ports/meta-store.js';
import type { CollectionChange } from '../catalog/change.js';
import type { CatalogKeys } from '../catalog/keys.js';
import type { DmlChannelPool } from '../channels/dml-channels.js';

/** Limits a plan judges by; from the configuration (facts/rootcoord §21). */
export interface DdlLimits {
  readonly maxShardNum: number;
  readonly maxPartitionNum: number;
  readonly maxCollectionNum: number;
  readonly maxCollectionNumPerDatabase: number;
  readonly maxGeneralCapacity: number;
}

/** What planning may look at besides the catalog; fixed for the life of the coordinator. */
export interface PlanRules {
  readonly keys: CatalogKeys;
  readonly limits: DdlLimits;
  readonly channels: DmlChannelPool;
  readonly defaultPartitionName: string;
}

/** What was allotted to one task before it is planned. */
export interface TaskStamp {
  readonly taskId: TaskId;
  readonly timestamp: Timestamp;
  /** First id of a block as long as `idsNeeded` asked for. */
  readonly firstId: bigint;
  readonly actor: string;
}

/** What follows once the plan is committed. */
export type FollowUp =
  /** The collection's actor does the rest and tells when the caller may have its answer. */
  | { readonly kind: 'summon'; readonly record: CollectionRecord }
  /** Nothing more to do: the caller has its answer. */
  | { readonly kind: 'settle'; readonly record: CollectionRecord };

/** A DDL decided: exactly what will be written and what happens then. Pure data. */
export interface CommitPlan {
  readonly kind: 'commit';
  readonly change: CollectionChange;
  /** The collection's own key. */
  readonly parent: Write;
  /** Keys below it. Too many for one commit, they are spread over several. */
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
