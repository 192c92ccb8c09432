import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Load, LoadResult } from './load-worker.js';

/** The servers' event loops get one core and clients the other, or each measures the scheduler. */
const TASKSET = '/usr/bin/taskset';
export const SERVER_CORE = '0';
const CLIENT_CORE = '1';

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Ties a process' main thread to one core, where the platform can; its helper threads roam. */
export function pin(pid: number, core: string): void {
  if (existsSync(TASKSET)) execFileSync(TASKSET, ['-pc', core, String(pid)], { stdio: 'ignore' });
}

function forkPinned(core: string, file: string, args: readonly string[] = []): ChildProcess {
  const child = fork(file, [...args], { execArgv: ['--max-semi-space-size=16'] });
  if (child.pid !== undefined) pin(child.pid, core);
  return child;
}

/** A process of the bench's own, on the client core. */
export const forkOnClientCore = (file: string): ChildProcess =>
  forkPinned(CLIENT_CORE, fileOf(file));

/** A process that makes calls, on the client core. */
export class LoadProcess {
  readonly #child = forkOnClientCore('./load-worker.js');

  async run(load: Load): Promise<LoadResult> {
    this.#child.send(load);
    const [answer] = (await once(this.#child, 'message')) as [
      { result?: LoadResult; failure?: string },
    ];
    if (!answer.result) throw new Error(`the load failed: ${answer.failure}`);
    return answer.result;
  }

  /**
   * Gives way to whatever else wants the client core, as a client on another machine would: a
   * server whose garbage collection waits for a helper behind a busy client stands still meanwhile.
   */
  giveWay(): void {
    const { pid } = this.#child;
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  }

  stop(): void {
    this.#child.kill();
  }
}

/** The echo yardstick, on the server core. */
export async function startEcho(replyBytes: number): Promise<{ port: number; stop(): void }> {
  const child = forkPinned(SERVER_CORE, fileOf('./echo-server.js'), [String(replyBytes)]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { port, stop: () => void child.kill() };
}
