import { status } from '@grpc/grpc-js';
import { CoordError } from '../domain/errors.js';
import { WatchRequest } from '../gen/control.js';
import { callError, codeOf } from './call-error.js';
import { changeJson, changeLine, KINDS } from './change-line.js';
import { type ClientOptions, Connection } from './connection.js';
import { EXIT_OK } from './exit-codes.js';
import { followChanges } from './follow-changes.js';
import { Output } from './output.js';
import { UsageError } from './usage-error.js';
import { readId, readSequence } from './whole-numbers.js';

export interface WatchOptions extends ClientOptions {
  readonly from?: string;
  readonly onlyNew?: boolean;
  readonly db?: readonly string[];
  readonly kind?: readonly string[];
  readonly object?: readonly string[];
  readonly json?: boolean;
}

/**
 * `rootstock watch`: one line per change until a signal. @returns the exit code. @throws UsageError,
 * and CoordError in words when the server is not there or no longer keeps what is asked for.
 */
export async function runWatch(options: WatchOptions): Promise<number> {
  const request = watchRequest(options);
  const output = new Output(process.stdout);
  const signal = AbortSignal.any([untilSignal(), output.gone]);
  const line = options.json ? changeJson : changeLine;
  await Connection.use(options, async ({ address, control }) => {
    const onBegun = (after: bigint): void => tellBegun(address, after, request);
    const onLost = (after: bigint | undefined): void => tellLost(address, after, request);
    try {
      for await (const events of followChanges(control, request, { signal, onBegun, onLost })) {
        await output.lines(events.map(line));
      }
    } catch (caught) {
      throw codeOf(caught) === status.OUT_OF_RANGE ? tooLate(callError(address, caught)) : caught;
    }
  });
  await output.flush();
  return EXIT_OK;
}

/** @throws UsageError */
export function watchRequest(options: WatchOptions): WatchRequest {
  const { from, onlyNew = false, db = [], kind = [], object = [] } = options;
  if (from !== undefined && onlyNew) {
    throw new UsageError('--from and --only-new exclude each other');
  }
  const first = from === undefined ? 1n : readSequence('--from', from);
  return WatchRequest.fromPartial({
    // The call names the last change that is known.
    afterSequence: first === 0n ? 0n : first - 1n,
    onlyNew,
    filter: {
      databaseNames: [...db],
      kinds: kind.map(readKind),
      objectIds: object.map((id) => readId('--object', id)),
    },
  });
}

function readKind(word: string) {
  const kind = KINDS.get(word);
  if (kind !== undefined) return kind;
  throw new UsageError(`--kind "${word}" is none of ${[...KINDS.keys()].join(', ')}`);
}

function untilSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

/** Whoever asks for what is new only learns from the server where that begins. */
function tellBegun(address: string, after: bigint, { onlyNew }: WatchRequest): void {
  if (onlyNew) process.stderr.write(`${address}: changes after sequence ${after}\n`);
}

function tellLost(address: string, after: bigint | undefined, { onlyNew }: WatchRequest): void {
  const where =
    after !== undefined
      ? `going on after sequence ${after}`
      : onlyNew
        ? 'beginning with what happens from then on'
        : 'beginning again';
  process.stderr.write(`${address}: connection lost, trying again; ${where}\n`);
}

function tooLate(caught: unknown): CoordError {
  const { message } = CoordError.from(caught);
  return CoordError.plain(
    `${message}\nleave --from out for the oldest change that is kept, or take a new snapshot and watch from there`,
  );
}
