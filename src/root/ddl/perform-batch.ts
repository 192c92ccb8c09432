import type { BatchOutcome } from '../../../machines/root/ddl-supervisor.machine.js';
import { CoordError, isKind } from '../../domain/errors.js';
import type { TaskId } from '../../domain/ids.js';
import { unreachable } from '../../domain/invariant.js';
import type { Clock } from '../../ports/clock.js';
import type { Fence, MetaStore } from '../../ports/meta-store.js';
import type { Catalog } from '../catalog/catalog.js';
import { CatalogDraft } from '../catalog/catalog-draft.js';
import type { CatalogView } from '../catalog/catalog-view.js';
import type { History } from '../catalog/history.js';
import type { Journal } from '../catalog/journal.js';
import type { Idempotency, RecordedOutcomes } from '../catalog/recorded-outcomes.js';
import type { Lifecycles } from '../lifecycle/lifecycles.js';
import type { DdTimeline } from '../messages/dd-timeline.js';
import type { DdlCommand } from './commands.js';
import {
  type CommitUnit,
  checkPlanFits,
  type PlannedCommit,
  type PlannedTask,
  packCommits,
} from './commit-units.js';
import { checkExpectedVersion } from './expected-version.js';
import {
  applyOutcomeStep,
  type Decision,
  type OutcomeStep,
  outcomeStepOf,
} from './outcome-step.js';
import type { CommitPlan, Plan, PlanRules, TaskStamp } from './plan.js';
import { planAlias } from './plans/aliases.js';
import { planAlteration } from './plans/alter-collection.js';
import { idsForCreate, planCreateCollection } from './plans/create-collection.js';
import { planDatabase } from './plans/databases.js';
import { planDropCollection } from './plans/drop-collection.js';
import { planConfirmDrop, planMarkCreated, planPurgeCollection } from './plans/lifecycle.js';
import {
  planConfirmPartitionDrop,
  planCreatePartition,
  planDropPartition,
  planMarkPartitionCreated,
  planPurgePartition,
} from './plans/partitions.js';
import { planRenameCollection } from './plans/rename-collection.js';
import { planUndropCollection, planUndropPartition } from './plans/undrop.js';
import type { ReplyRegistry } from './replies.js';
import { TurnPacer } from './turn-pacer.js';

/** One DDL as it was submitted. */
export interface DdlTask {
  readonly taskId: TaskId;
  readonly command: DdlCommand;
  /** Who asked; goes into the journal. */
  readonly actor: string;
  readonly idempotency?: Idempotency | undefined;
  readonly expectedVersion?: bigint | undefined;
}

export interface BatchDeps {
  readonly clock: Clock;
  readonly store: MetaStore;
  readonly fence: Fence;
  readonly catalog: Catalog;
  readonly history: History;
  readonly journal: Journal;
  readonly outcomes: RecordedOutcomes;
  /** First of `count` consecutive ids; it may have to wait for the disk, seldom. */
  readonly allocateIds: (count: number) => bigint | Promise<bigint>;
  /** Gives each task its timestamp; whoever settles the task closes it there. */
  readonly timeline: DdTimeline;
  readonly rules: PlanRules;
  readonly replies: ReplyRegistry;
  readonly lifecycles: Lifecycles;
}

/** The pure decision: what a command means for this catalog. */
export function planCommand(
  catalog: CatalogView,
  command: DdlCommand,
  rules: PlanRules,
  stamp: TaskStamp,
): Plan {
  switch (command.kind) {
    case 'createCollection':
      return planCreateCollection(catalog, command, rules, stamp);
    case 'dropCollection':
      return planDropCollection(catalog, command, rules, stamp);
    case 'undropCollection':
      return planUndropCollection(catalog, command, rules, stamp);
    case 'alterCollection':
    case 'alterCollectionField':
    case 'addCollectionField':
    case 'truncateCollection':
    case 'addCollectionFunction':
    case 'alterCollectionFunction':
    case 'dropCollectionFunction':
      return planAlteration(catalog, command, rules, stamp);
    case 'renameCollection':
      return planRenameCollection(catalog, command, rules, stamp);
    case 'createDatabase':
    case 'dropDatabase':
    case 'alterDatabase':
      return planDatabase(catalog, command, rules, stamp);
    case 'createAlias':
    case 'dropAlias':
    case 'alterAlias':
      return planAlias(catalog, command, rules, stamp);
    case 'markCreated':
      return planMarkCreated(catalog, command, rules, stamp);
    case 'confirmDrop':
      return planConfirmDrop(catalog, command, rules, stamp);
    case 'purgeCollection':
      return planPurgeCollection(catalog, command, rules, stamp);
    case 'createPartition':
      return planCreatePartition(catalog, command, rules, stamp);
    case 'dropPartition':
      return planDropPartition(catalog, command, rules, stamp);
    case 'undropPartition':
      return planUndropPartition(catalog, command, rules, stamp);
    case 'markPartitionCreated':
      return planMarkPartitionCreated(catalog, command, rules, stamp);
    case 'confirmPartitionDrop':
      return planConfirmPartitionDrop(catalog, command, rules, stamp);
    case 'purgePartition':
      return planPurgePartition(catalog, command, rules, stamp);
    default:
      return unreachable(command);
  }
}

/** A batch on its way. */
interface Batch extends BatchDeps {
  readonly pacer: TurnPacer;
}

function idsNeeded(command: DdlCommand, rules: PlanRules): number {
  switch (command.kind) {
    case 'createCollection':
      return idsForCreate(command, rules);
    case 'createPartition':
    case 'createDatabase':
      return 1;
    default:
      return 0;
  }
}

/**
 * Plans a batch against the catalog and what the batch itself decided before, commits it in as
 * few pieces as the store allows, and starts what follows. A task that is refused, or whose
 * commit fails, answers for itself alone.
 *
 * @returns tasks whose collection is not steady yet.
 * @throws whatever leaves the store or the catalog in doubt; the coordinator must not go on.
 */
export async function performBatch(
  deps: BatchDeps,
  tasks: readonly DdlTask[],
): Promise<BatchOutcome> {
  const pacer = new TurnPacer(deps.clock);
  const planned = await planBatch({ ...deps, pacer }, tasks);
  const stillBusy: TaskId[] = [];
  const units = packCommits(planned, deps.store.limits);
  for (const [i, unit] of units.entries()) {
    await pacer.pause();
    const failure = await commitUnit(deps, unit);
    if (failure) {
      failRest(deps, units.slice(i), failure);
      break;
    }
    for (const task of unit.completing) {
      await pacer.pause();
      if (beginFollowUp(deps, task)) stillBusy.push(task.taskId);
    }
  }
  return { stillBusy };
}

async function planBatch(batch: Batch, tasks: readonly DdlTask[]): Promise<PlannedTask[]> {
  const draft = new CatalogDraft(batch.catalog);
  const planned: PlannedTask[] = [];
  for (const task of tasks) {
    await batch.pacer.pause();
    const decided = await planTask(batch, draft, task);
    if (!decided) continue;
    for (const change of decided.plan.changes) draft.stage(change);
    planned.push(decided);
  }
  return planned;
}

/** Undefined when the task already has its answer: it was refused, or there is nothing to do. */
async function planTask(
  batch: Batch,
  draft: CatalogDraft,
  task: DdlTask,
): Promise<PlannedTask | undefined> {
  const { replies, journal, outcomes, store, timeline } = batch;
  const { taskId } = task;
  try {
    const stamp = await stampTask(batch, task);
    const decision = decide(batch, draft, task, stamp);
    await batch.pacer.pause();
    const outcomeStep = outcomeStepOf(outcomes, task, decision, stamp.timestamp);
    if (decision.kind !== 'commit' && !outcomeStep) {
      reply(replies, taskId, decision);
      return undefined;
    }
    const plan = withOutcome(outcomes, decision, outcomeStep);
    const journalBytes = plan.changes.reduce((sum, change) => sum + journal.bytesOf(change), 0);
    const planned = { taskId, plan, journalBytes, outcomeStep };
    checkPlanFits(planned, store.limits);
    if (!isAnnounced(plan)) timeline.silence(taskId);
    return planned;
  } catch (caught) {
    if (!(caught instanceof CoordError)) throw caught;
    replies.fail(taskId, caught);
    return undefined;
  }
}

async function stampTask(
  { allocateIds, timeline, rules }: Batch,
  { taskId, command, actor }: DdlTask,
): Promise<TaskStamp> {
  const timestamp = await timeline.openTask(taskId);
  const firstId = await allocateIds(idsNeeded(command, rules));
  return { taskId, timestamp, firstId, actor };
}

function decide(
  { rules }: Batch,
  draft: CatalogDraft,
  { command, expectedVersion }: DdlTask,
  stamp: TaskStamp,
): Decision {
  try {
    checkExpectedVersion(draft, command, expectedVersion);
    return planCommand(draft, command, rules, stamp);
  } catch (caught) {
    if (!(caught instanceof CoordError)) throw caught;
    return { kind: 'refused', failure: caught };
  }
}

/** Whether the actor that follows has a DD message with the task's own timestamp. */
function isAnnounced({ followUp }: PlannedCommit): boolean {
  switch (followUp.kind) {
    case 'summon':
      return followUp.record.state === 'Creating';
    case 'summonPartition':
      return followUp.subject.partition.state === 'Creating';
    default:
      return false;
  }
}

type Answered = Exclude<Decision, CommitPlan>;

/** The plan and, in the same commit, what it came to. */
function withOutcome(
  outcomes: RecordedOutcomes,
  decision: Decision,
  step: OutcomeStep | undefined,
): PlannedCommit {
  const plan = decision.kind === 'commit' ? decision : answerOnly(decision);
  if (step?.kind !== 'record') return plan;
  return { ...plan, writes: [...plan.writes, outcomes.write(step.outcome)] };
}

/** The catalog stays as it is. */
const answerOnly = (decision: Answered): PlannedCommit => ({
  ...{ kind: 'commit', changes: [], writes: [], children: [], order: 'parentFirst' },
  followUp:
    decision.kind === 'refused'
      ? { kind: 'refuse', failure: decision.failure }
      : { kind: 'settle', record: undefined },
});

function reply(replies: ReplyRegistry, taskId: TaskId, decision: Answered): void {
  if (decision.kind === 'refused') replies.fail(taskId, decision.failure);
  else replies.succeed(taskId, undefined);
}

/** Undefined once the unit is durable; otherwise why nothing of it was written. */
async function commitUnit(deps: BatchDeps, unit: CommitUnit): Promise<CoordError | undefined> {
  const { store, fence, catalog, history, journal, outcomes } = deps;
  const changes = unit.changing.flatMap(({ plan }) => plan.changes);
  const entry = changes.length === 0 ? [] : [journal.entry(changes)];
  try {
    await store.commit([...unit.writes, ...entry], fence);
  } catch (caught) {
    if (isKind(caught, 'MetaStoreUnavailable')) return caught;
    throw caught;
  }
  for (const change of changes) {
    catalog.apply(change);
    history.record(change);
  }
  journal.committed(changes);
  for (const { outcomeStep } of unit.changing) {
    if (outcomeStep) applyOutcomeStep(outcomes, outcomeStep);
  }
  return undefined;
}

/** True when an actor is at work and will tell when its caller has an answer. */
function beginFollowUp(
  { lifecycles, replies }: BatchDeps,
  { taskId, plan: { followUp } }: PlannedTask,
): boolean {
  switch (followUp.kind) {
    case 'settle':
      replies.succeed(taskId, followUp.record);
      return false;
    case 'refuse':
      replies.fail(taskId, followUp.failure);
      return false;
    default:
      lifecycles.follow(followUp, taskId);
      return true;
  }
}

/**
 * Everything planned after a failed commit was planned on top of it, so all of it fails, too. A
 * create whose record did get in, but not all of its children, is undone like after a crash.
 */
function failRest(
  { replies, lifecycles, catalog }: BatchDeps,
  units: readonly CommitUnit[],
  failure: CoordError,
) {
  for (const { taskId, plan } of units.flatMap(({ completing }) => completing)) {
    replies.fail(taskId, failure);
    const { followUp } = plan;
    if (followUp.kind !== 'summon') continue;
    const committed = catalog.collectionById(followUp.record.id);
    if (committed?.state === 'Creating') lifecycles.collections.summon(committed, 'recovery');
  }
}
