import { setTimeout as pause } from 'node:timers/promises';

const POLL_EVERY_MS = 20;

/**
 * Asks again and again until `isIt` says yes, for what a server does in its own time.
 *
 * @throws Error with the last answer when it did not come within `withinMs`.
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  isIt: (answer: T) => boolean,
  withinMs = 10_000,
): Promise<T> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isIt(answer)) return answer;
    if (performance.now() > untilMs) {
      throw new Error(`not within ${withinMs} ms, the last answer was ${JSON.stringify(answer)}`);
    }
    await pause(POLL_EVERY_MS);
  }
}
