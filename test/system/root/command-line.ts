import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../kit/temporary-directory.js';

const run = promisify(execFile);

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that should have ended at once, and did not, must not hold up the tests. */
const ENDS_WITHIN_MS = 30_000;

/** Runs the program to its end. */
async function rootstock(args: readonly string[]): Promise<Outcome> {
  const options = { timeout: ENDS_WITHIN_MS };
  try {
    const done = await run(process.execPath, ['dist/src/main.js', ...args], options);
    return { code: 0, ...done };
  } catch (caught) {
    const { code, stdout, stderr } = caught as Outcome;
    return { code, stdout, stderr };
  }
}

/** Arguments that are nonsense, and what is said about them. */
const nonsense: readonly (readonly [args: string[], stderr: string])[] = [
  [
    ['--set', 'proxy.port=many'],
    '1 problem in the configuration:\n' +
      '  --set: proxy.port = "many" must be a whole number from 0 to 65535\n',
  ],
  [
    ['--set', 'proxy.prot=19530'],
    '1 problem in the configuration:\n' +
      '  --set: unknown key "proxy.prot"; did you mean "proxy.port"?\n',
  ],
  [
    ['--config', 'test/no-such.yaml'],
    '1 problem in the configuration:\n  test/no-such.yaml cannot be read: ' +
      "ENOENT: no such file or directory, open 'test/no-such.yaml'\n",
  ],
  [['--dat-dir', 'data'], "error: unknown option '--dat-dir'\n(Did you mean --data-dir?)\n"],
];

/** How the program is told what to do. */
export function commandLineSuite(): void {
  describe('the command line', () => {
    it('explains itself', async () => {
      const { code, stdout, stderr } = await rootstock(['--help']);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^Usage: rootstock \[options\] \[command\]\n/);
      for (const option of ['--config <file>', '--set <key=value>', '--data-dir <dir>']) {
        expect(stdout).toContain(option);
      }
    });

    it('ends with 2 and one clear sentence when it is told nonsense', async () => {
      const outcomes = await Promise.all(nonsense.map(([args]) => rootstock(args)));
      expect(outcomes).toEqual(nonsense.map(([, stderr]) => ({ code: 2, stdout: '', stderr })));
    });

    it('ends with 1 and says so when a port is taken', async () => {
      const squatter = createServer();
      await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
      const address = squatter.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const directory = await temporaryDirectory();
      const sets = [`proxy.port=${port}`, 'rootCoord.port=0', 'dataCoord.port=0', 'metrics.port=0'];
      const args = ['--data-dir', directory.path, ...sets.flatMap((set) => ['--set', set])];
      const { code, stderr } = await rootstock(args);
      squatter.close();
      await directory.remove();
      expect(code).toBe(1);
      expect(stderr).toMatch(new RegExp(`^cannot listen on 127\\.0\\.0\\.1:${port}: .*\\n$`));
    });
  });
}
