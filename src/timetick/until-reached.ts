import { filter, firstValueFrom, Observable, raceWith } from 'rxjs';
import type { Timestamp } from '../domain/timestamp.js';

/**
 * Settles when a safe time is at or past `at`.
 *
 * @throws whatever `signal` is aborted with, and the stream's own failure.
 */
export async function untilReached(
  safeTimes: Observable<Timestamp>,
  at: Timestamp,
  signal: AbortSignal,
): Promise<void> {
  const reached = safeTimes.pipe(filter((safe) => safe >= at));
  await firstValueFrom(reached.pipe(raceWith(failureOf(signal))));
}

/** Fails when the signal is aborted, and otherwise says nothing. */
const failureOf = (signal: AbortSignal): Observable<never> =>
  new Observable((subscriber) => {
    const fail = () => subscriber.error(signal.reason);
    if (signal.aborted) return fail();
    signal.addEventListener('abort', fail);
    return () => signal.removeEventListener('abort', fail);
  });
