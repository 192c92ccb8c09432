import { stepLine } from '../spec/step-line.js';
import { Connection } from './connection.js';
import { EXIT_FAILURE, EXIT_OK, EXIT_STEPS } from './exit-codes.js';
import { explain } from './explain.js';
import { conflictLine, makePlan, type PlanOptions, readDesired } from './make-plan.js';
import { Output, printable } from './output.js';

export interface PlanCommand extends PlanOptions {
  readonly detailedExitcode?: boolean;
}

/**
 * `rootstock plan`: prints steps, then conflicts, one a line. @returns the exit code: 1 when there
 * are conflicts; with `--detailed-exitcode` 2 when there are steps, and 1 for every failure.
 * @throws what `readDesired` does, and CoordError in words; nothing with `--detailed-exitcode`.
 */
export async function runPlan(options: PlanCommand): Promise<number> {
  const planned = tellPlan(options);
  if (!options.detailedExitcode) return planned;
  // A bad spec ends with 2 elsewhere, which would say here that there are steps.
  return planned.catch((caught) => Math.min(explain(caught), EXIT_FAILURE));
}

async function tellPlan(options: PlanCommand): Promise<number> {
  const output = new Output(process.stdout);
  const desired = await readDesired(options);
  const { steps, conflicts } = await Connection.use(options, (connection) =>
    makePlan(connection, desired, options),
  );
  await output.lines(steps.map((step) => printable(stepLine(step))));
  await output.lines(conflicts.map((conflict) => printable(conflictLine(conflict))));
  await output.flush();
  process.stderr.write(`${summary(steps.length, conflicts.length)}\n`);
  if (conflicts.length > 0) return EXIT_FAILURE;
  return options.detailedExitcode && steps.length > 0 ? EXIT_STEPS : EXIT_OK;
}

function summary(steps: number, conflicts: number): string {
  if (conflicts > 0) return `${count(conflicts, 'conflict')}: nothing would be applied`;
  return steps === 0 ? 'nothing to do' : `${count(steps, 'step')} to do`;
}

const count = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? '' : 's'}`;
