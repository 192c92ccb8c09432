import { status } from '@grpc/grpc-js';
import { pause } from '../adapters/clock/pause.js';
import type { ChangeEvent, ControlServiceClient, WatchRequest } from '../gen/control.js';
import { codeOf } from './call-error.js';

/** Codes of a connection that is gone or a server that goes; the feed itself is as it was. */
const PASSING: ReadonlySet<number | undefined> = new Set([
  status.UNAVAILABLE,
  status.CANCELLED,
  status.ABORTED,
]);

/** The first wait, and how far doubling it goes. */
const BACKOFF_MS = { first: 100, longest: 5_000 };

export interface FollowOptions {
  /** Ends the feed. */
  readonly signal: AbortSignal;
  /** Told with the first answer after which change the feed begins. */
  readonly onBegun?: (after: bigint) => void;
  /** Told when the connection is lost: the last sequence known, undefined before the first answer. */
  readonly onLost: (after: bigint | undefined) => void;
}

/**
 * The changes a request asks for, for as long as the caller listens. When the connection is lost
 * it is made again after a growing wait, and the feed goes on where it was: nothing is missing and
 * nothing comes twice. Rejects with the error of any other failure.
 */
export async function* followChanges(
  client: ControlServiceClient,
  request: WatchRequest,
  { signal, onBegun, onLost }: FollowOptions,
): AsyncGenerator<readonly ChangeEvent[]> {
  let after: bigint | undefined;
  let waitMs = BACKOFF_MS.first;
  while (!signal.aborted) {
    const next = after === undefined ? request : resumed(request, after);
    const stream = client.watch(next);
    const stop = (): void => stream.cancel();
    signal.addEventListener('abort', stop);
    try {
      for await (const { events, resumeSequence } of stream) {
        if (after === undefined) onBegun?.(beginning(events, resumeSequence));
        yield events;
        after = resumeSequence;
        waitMs = BACKOFF_MS.first;
      }
    } catch (caught) {
      if (!PASSING.has(codeOf(caught))) throw caught;
    } finally {
      signal.removeEventListener('abort', stop);
      stream.cancel();
    }
    if (signal.aborted) return;
    onLost(after);
    await pause(waitMs, signal);
    waitMs = Math.min(2 * waitMs, BACKOFF_MS.longest);
  }
}

/** The last change before those of the first answer. */
const beginning = ([first]: readonly ChangeEvent[], resumeSequence: bigint): bigint =>
  first === undefined ? resumeSequence : first.sequence - 1n;

const resumed = (request: WatchRequest, after: bigint): WatchRequest => ({
  ...request,
  afterSequence: after,
  onlyNew: false,
});
