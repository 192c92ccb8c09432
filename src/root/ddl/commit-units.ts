import { CoordError } from '../../domain/errors.js';
import type { TaskId } from '../../domain/ids.js';
import { bytesOf, type CommitLimits, type Write } from '../../ports/meta-store.js';
import type { Change } from '../catalog/change.js';
import type { OutcomeStep } from './outcome-step.js';
import type { CommitPlan } from './plan.js';

/** The longest key any store takes (for the journal entry) and some framing. */
const JOURNAL_ENTRY_BYTES = 2_048;
/** The journal entry's own place in a commit. */
const JOURNAL_WRITES = 1;

/** What goes to the store in one piece. */
export interface CommitUnit {
  /** Tasks whose record changes with this unit; their changes form its journal entry. */
  readonly changing: readonly PlannedTask[];
  /** Tasks that are done with it: what follows on them may begin. */
  readonly completing: readonly PlannedTask[];
  /** Writes besides the journal entry. */
  readonly writes: readonly Write[];
}

/** What is written for a task: a change of the catalog, or no more than its outcome. */
export type PlannedCommit = Omit<CommitPlan, 'changes'> & { readonly changes: readonly Change[] };

export interface PlannedTask {
  readonly taskId: TaskId;
  readonly plan: PlannedCommit;
  /** What the commit means for the request's idempotency key. */
  readonly outcomeStep?: OutcomeStep | undefined;
  /** What its change takes in the journal entry. */
  readonly journalBytes: number;
}

/**
 * Refuses what no commit could ever hold. A create has to leave room for the drop, whose journal
 * entry carries the collection twice: before and after.
 *
 * @throws CoordError `ParameterTooLarge`.
 */
export function checkPlanFits({ plan, journalBytes }: PlannedTask, limits: CommitLimits): void {
  const [change] = plan.changes;
  const writes = plan.writes.length + JOURNAL_WRITES;
  const isCreate = change !== undefined && change.before === undefined;
  const bytes =
    sumBytes(plan.writes) + (isCreate ? 2 * journalBytes : journalBytes) + JOURNAL_ENTRY_BYTES;
  if (bytes <= limits.bytesMax && writes <= limits.operationsMax) return;
  const name = change && { [change.kind]: (change.after ?? change.before)?.name ?? '' };
  throw CoordError.of(
    'ParameterTooLarge',
    { ...name, bytes, bytesMax: limits.bytesMax },
    'the metastore cannot hold the change in one transaction',
  );
}

const sumBytes = (writes: readonly Write[]): number =>
  writes.reduce((sum, write) => sum + bytesOf(write), 0);

const bytesOfTask = ({ plan: { writes, children }, journalBytes }: PlannedTask): number =>
  sumBytes(writes) + sumBytes(children) + journalBytes;

interface OpenUnit {
  readonly tasks: PlannedTask[];
  readonly writes: Write[];
  /** A key may occur once per commit: who writes it again goes into the next one. */
  readonly keys: Set<string>;
  bytes: number;
}

/**
 * Packs the plans of a batch, in order, into as few commits as the store's limits allow. A plan
 * too large for one commit gets several of its own: the record first when it comes into being,
 * last when it goes.
 */
export function packCommits(tasks: readonly PlannedTask[], limits: CommitLimits): CommitUnit[] {
  const units: CommitUnit[] = [];
  let open: OpenUnit | undefined;
  const close = () => {
    if (open) units.push({ changing: open.tasks, completing: open.tasks, writes: open.writes });
    open = undefined;
  };
  for (const task of tasks) {
    const writes = [...task.plan.writes, ...task.plan.children];
    const bytes = bytesOfTask(task);
    if (!fits(writes.length, bytes, limits)) {
      close();
      units.push(...splitPlan(task, limits));
      continue;
    }
    const isTooMuch = open && !fits(open.writes.length + writes.length, open.bytes + bytes, limits);
    if (isTooMuch || writes.some(({ key }) => open?.keys.has(key))) close();
    open ??= { tasks: [], writes: [], keys: new Set(), bytes: 0 };
    open.tasks.push(task);
    open.writes.push(...writes);
    for (const { key } of writes) open.keys.add(key);
    open.bytes += bytes;
  }
  close();
  return units;
}

const fits = (writes: number, bytes: number, limits: CommitLimits): boolean =>
  writes + JOURNAL_WRITES <= limits.operationsMax && bytes + JOURNAL_ENTRY_BYTES <= limits.bytesMax;

function splitPlan(task: PlannedTask, limits: CommitLimits): CommitUnit[] {
  const { writes: own, children, order } = task.plan;
  const record = { changing: [task], writes: own };
  const pieces = chunkWrites(children, limits).map((writes) => ({ changing: [], writes }));
  const parts = order === 'parentFirst' ? [record, ...pieces] : [...pieces, record];
  return parts.map((part, i) => ({ ...part, completing: i === parts.length - 1 ? [task] : [] }));
}

function chunkWrites(writes: readonly Write[], limits: CommitLimits): Write[][] {
  const chunks: Write[][] = [];
  let bytes = 0;
  for (const write of writes) {
    const last = chunks.at(-1);
    if (last && fits(last.length + 1, bytes + bytesOf(write), limits)) {
      last.push(write);
      bytes += bytesOf(write);
    } else {
      chunks.push([write]);
      bytes = bytesOf(write);
    }
  }
  return chunks;
}
