import { setTimeout as wait } from 'node:timers/promises';

/** Waits `delayMs`, or until `signal` aborts, and keeps the process running meanwhile. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await wait(delayMs, undefined, { signal }).catch(() => undefined);
}
