import { EXIT_FAILURE, EXIT_USAGE } from './exit-codes.js';

/** Errors whose message is made for the one at the terminal, and what the program ends with. */
const TOLD_IN_WORDS: ReadonlyMap<string, number> = new Map([
  ['ConfigError', EXIT_USAGE],
  ['UsageError', EXIT_USAGE],
  ['CoordError', EXIT_FAILURE],
  ['SpecError', EXIT_USAGE],
]);

/** Errors an operator can mend are told in words; only defects deserve a stack. @returns the exit code. */
export function explain(caught: unknown): number {
  const code = caught instanceof Error ? TOLD_IN_WORDS.get(caught.name) : undefined;
  if (caught instanceof Error && code !== undefined) {
    process.stderr.write(`${caught.message}\n`);
    return code;
  }
  process.stderr.write(`${caught instanceof Error ? (caught.stack ?? caught.message) : caught}\n`);
  return EXIT_FAILURE;
}
