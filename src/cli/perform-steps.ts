import { byStage, type Step, subjectOf } from '../spec/step.js';

/** As many as the front of a server takes at once (`proxy.ddlConcurrency`). */
const CONCURRENCY = 16;

/** A step that was refused. */
export interface FailedStep {
  readonly step: Step;
  readonly reason: unknown;
}

export interface Performance {
  /** Sends one step; rejects when it is refused. */
  readonly perform: (step: Step) => Promise<void>;
  /** Told of every step that was taken, as it is taken. */
  readonly onDone: (step: Step) => Promise<void>;
}

/**
 * Performs steps stage after stage; of one stage several at once, those of one collection in their
 * order. After the first failure nothing more is begun. @returns what failed: nothing, or the first
 * failure and those of steps that were under way.
 */
export async function performSteps(
  steps: readonly Step[],
  { perform, onDone }: Performance,
): Promise<readonly FailedStep[]> {
  const failed: FailedStep[] = [];
  const work = async (lanes: Step[][]): Promise<void> => {
    for (let lane = lanes.pop(); lane !== undefined; lane = lanes.pop()) {
      for (const step of lane) {
        if (failed.length > 0) return;
        try {
          await perform(step);
        } catch (reason) {
          failed.push({ step, reason });
          return;
        }
        await onDone(step);
      }
    }
  };
  for (const stage of byStage(steps)) {
    const lanes = lanesOf(stage).reverse();
    await Promise.all(Array.from({ length: CONCURRENCY }, () => work(lanes)));
    if (failed.length > 0) break;
  }
  return failed;
}

/** The steps of each collection or database, which must not overtake each other. */
function lanesOf(steps: readonly Step[]): Step[][] {
  const lanes = new Map<string, Step[]>();
  for (const step of steps) {
    const lane = lanes.get(subjectOf(step)) ?? [];
    lane.push(step);
    lanes.set(subjectOf(step), lane);
  }
  return [...lanes.values()];
}
