import type { CoordError } from '../../domain/errors.js';
import { unreachable } from '../../domain/invariant.js';
import type { Timestamp } from '../../domain/timestamp.js';
import type { RecordedOutcome } from '../../gen/journal.js';
import type { Idempotency, RecordedOutcomes } from '../catalog/recorded-outcomes.js';
import type { DdlCommand } from './commands.js';
import type { FollowUp, Plan } from './plan.js';

/** What planning a task came to. */
export type Decision = Plan | { readonly kind: 'refused'; readonly failure: CoordError };

/** What a commit means for the outcome of a request with an idempotency key. */
export type OutcomeStep =
  /** It decides the outcome, which is written with it. */
  | { readonly kind: 'record'; readonly outcome: RecordedOutcome; readonly objectId: bigint }
  /** It begins a create, which may still be undone. */
  | { readonly kind: 'defer'; readonly objectId: bigint; readonly request: Idempotency }
  /** It undoes one. */
  | { readonly kind: 'undo'; readonly objectId: bigint };

export interface KeyedTask {
  readonly command: DdlCommand;
  readonly idempotency?: Idempotency | undefined;
}

/**
 * Undefined when nothing is to be remembered: the request has no key, or was refused for a reason
 * that may pass, so that it should be asked again.
 */
export function outcomeStepOf(
  outcomes: RecordedOutcomes,
  { command, idempotency }: KeyedTask,
  decision: Decision,
  timestamp: Timestamp,
): OutcomeStep | undefined {
  const objectId = endOfCreating(command);
  const request = idempotency ?? outcomes.undecidedFor(objectId);
  if (!request) return undefined;
  switch (decision.kind) {
    case 'refused':
      if (decision.failure.retriable) return undefined;
      return { kind: 'record', outcome: refused(request, timestamp, decision.failure), objectId };
    case 'nothing':
      return {
        ...{ kind: 'record', objectId },
        outcome: { ...succeeded(request, timestamp), ...broughtBack(command, decision) },
      };
    case 'commit': {
      if (isUndoing(command)) return { kind: 'undo', objectId };
      const created = objectBeingCreated(decision.followUp);
      if (created !== undefined) return { kind: 'defer', objectId: created, request };
      const outcome = { ...succeeded(request, timestamp), ...broughtBack(command, decision) };
      return { kind: 'record', outcome, objectId };
    }
    default:
      return unreachable(decision);
  }
}

/** What a step means once its commit is durable. */
export function applyOutcomeStep(outcomes: RecordedOutcomes, step: OutcomeStep): void {
  switch (step.kind) {
    case 'record':
      outcomes.remember(step.outcome);
      return outcomes.settleUndecided(step.objectId);
    case 'defer':
      return outcomes.leaveUndecided(step.objectId, step.request);
    case 'undo':
      return outcomes.settleUndecided(step.objectId);
    default:
      return unreachable(step);
  }
}

/** The object whose actor asks; 0 for what clients ask. */
function endOfCreating(command: DdlCommand): bigint {
  switch (command.kind) {
    case 'markCreated':
      return command.record.id;
    case 'purgeCollection':
      return command.collectionId;
    case 'markPartitionCreated':
    case 'purgePartition':
      return command.partitionId;
    default:
      return 0n;
  }
}

const isUndoing = ({ kind }: DdlCommand): boolean =>
  kind === 'purgeCollection' || kind === 'purgePartition';

function objectBeingCreated(followUp: FollowUp): bigint | undefined {
  if (followUp.kind === 'summon' && followUp.record.state === 'Creating') return followUp.record.id;
  if (followUp.kind !== 'summonPartition') return undefined;
  const { partition } = followUp.subject;
  return partition.state === 'Creating' ? partition.id : undefined;
}

/** An undrop answers with what it brought back. */
function broughtBack(command: DdlCommand, decision: Plan): Partial<RecordedOutcome> {
  if (command.kind === 'undropPartition') return { objectId: command.partitionId };
  if (command.kind !== 'undropCollection') return {};
  const objectId = command.collectionId;
  if (decision.kind === 'nothing') return { objectId };
  const restored = decision.changes.flatMap(({ kind, after }) =>
    kind === 'alias' && after ? after.name : [],
  );
  return { objectId, aliasesLost: command.aliases.filter((name) => !restored.includes(name)) };
}

function succeeded({ key, requestDigest }: Idempotency, timestamp: Timestamp): RecordedOutcome {
  const success = { refusal: '', legacyCode: 0, reason: '', objectId: 0n, aliasesLost: [] };
  return { key, requestDigest, timestamp, ...success };
}

const refused = (
  request: Idempotency,
  timestamp: Timestamp,
  { kind, legacyCode, message }: CoordError,
): RecordedOutcome => ({
  ...succeeded(request, timestamp),
  refusal: kind,
  legacyCode,
  reason: message,
});
