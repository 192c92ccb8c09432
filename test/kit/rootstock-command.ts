import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ProgramRun } from './program-run.js';

const run = promisify(execFile);

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that should have ended, and did not, must not hold up the tests. */
const ENDS_WITHIN_MS = 50_000;
/** More than any command prints in a test. */
const OUTPUT_BYTES_MAX = 64 * 2 ** 20;

/** Runs `rootstock` with these arguments to its end, against the server at the address. */
export async function rootstock(address: string, ...args: string[]): Promise<Outcome> {
  const whole = ['dist/src/main.js', ...args, '--address', address];
  const options = { timeout: ENDS_WITHIN_MS, maxBuffer: OUTPUT_BYTES_MAX };
  try {
    return { code: 0, ...(await run(process.execPath, whole, options)) };
  } catch (caught) {
    const { code, stdout, stderr } = caught as Outcome;
    return { code, stdout, stderr };
  }
}

/** Starts `rootstock`; its lines are those of both outputs. */
export const startRootstock = (address: string, ...args: string[]): ProgramRun =>
  new ProgramRun('sh', [
    '-c',
    'exec "$@" 2>&1',
    'sh',
    process.execPath,
    'dist/src/main.js',
    ...args,
    '--address',
    address,
  ]);

/** The lines of an output. */
export const linesOf = (output: string): string[] => output.split('\n').slice(0, -1);
