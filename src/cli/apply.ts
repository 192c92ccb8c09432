import { CoordError } from '../domain/errors.js';
import type { Step } from '../spec/step.js';
import { stepLine } from '../spec/step-line.js';
import { callError, checkStatus } from './call-error.js';
import { Connection } from './connection.js';
import { EXIT_FAILURE, EXIT_OK } from './exit-codes.js';
import { conflictLine, makePlan, type PlanOptions, readDesired } from './make-plan.js';
import { Output, printable } from './output.js';
import { type FailedStep, performSteps } from './perform-steps.js';
import { callOf } from './step-calls.js';

export interface ApplyCommand extends PlanOptions {
  readonly dryRun?: boolean;
}

/**
 * `rootstock apply`: plans and performs the steps, printing each that is done. Killed or refused
 * half way it can be run again: what is done is not planned any more. @returns the exit code: 1
 * when there are conflicts, and then nothing is done, or when a step failed. @throws what
 * `readDesired` does, and CoordError in words.
 */
export async function runApply(options: ApplyCommand): Promise<number> {
  const output = new Output(process.stdout);
  const desired = await readDesired(options);
  const code = await Connection.use(options, async (connection) => {
    const { steps, conflicts } = await makePlan(connection, desired, options);
    if (conflicts.length > 0) {
      tell(conflicts.map(conflictLine));
      tell(['nothing was applied']);
      return EXIT_FAILURE;
    }
    if (options.dryRun) {
      await output.lines(steps.map((step) => printable(stepLine(step))));
      return EXIT_OK;
    }
    return perform(connection, steps, output);
  });
  await output.flush();
  return code;
}

async function perform(
  connection: Connection,
  steps: readonly Step[],
  output: Output,
): Promise<number> {
  let done = 0;
  const failed = await performSteps(steps, {
    perform: (step) => send(connection, step),
    onDone: (step) => {
      done += 1;
      return output.lines([printable(stepLine(step))]);
    },
  });
  tell(failed.map(failureLine));
  tell([
    `${done} of ${steps.length} steps done${failed.length > 0 ? '; run it again to go on' : ''}`,
  ]);
  return failed.length > 0 ? EXIT_FAILURE : EXIT_OK;
}

async function send({ address, milvus, call }: Connection, step: Step): Promise<void> {
  try {
    checkStatus(await call(callOf(milvus, step)));
  } catch (caught) {
    throw callError(address, caught);
  }
}

const failureLine = ({ step, reason }: FailedStep): string =>
  `failed: ${stepLine(step)}: ${CoordError.from(reason).message}`;

function tell(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${printable(line)}\n`);
}
