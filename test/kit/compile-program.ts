import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface CompiledProgram {
  /** The JavaScript to hand to `node`. */
  readonly path: string;
  remove(): Promise<void>;
}

const run = promisify(execFile);

/**
 * Compiles `test/kit/programs/<name>.ts` and what it imports, so that a test can run it as a
 * process of its own and kill it. The output lies inside the project, where packages are found.
 */
export async function compileProgram(name: string): Promise<CompiledProgram> {
  const root = process.cwd();
  const outDir = join(root, 'node_modules/.cache/rootstock', `${name}-${process.pid}`);
  const entry = join('test/kit/programs', `${name}.ts`);
  const options = [
    ...['--ignoreConfig', '--outDir', outDir, '--rootDir', root, '--skipLibCheck', '--strict'],
    ...['--target', 'ES2022', '--lib', 'ES2023', '--types', 'node'],
    ...['--module', 'NodeNext', '--moduleResolution', 'NodeNext'],
  ];
  await run(join(root, 'node_modules/.bin/tsc'), [...options, entry], { cwd: root });
  return {
    path: join(outDir, entry.replace(/\.ts$/, '.js')),
    remove: () => rm(outDir, { recursive: true, force: true }),
  };
}
