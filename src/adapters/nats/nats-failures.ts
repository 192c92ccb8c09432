import { JetStreamApiError } from '@nats-io/jetstream';
import { CoordError } from '../../domain/errors.js';
import { channelNotFound } from '../message-stream-rules.js';

/** JetStream's code for "stream not found". */
const STREAM_MISSING_CODE = 10_059;
/** JetStream's code for "a stream of this name exists with another configuration". */
const STREAM_EXISTS_CODE = 10_058;
/** JetStream's code for "the last message is not the one you expect". */
const WRONG_LAST_SEQUENCE_CODE = 10_071;

const hasCode = (error: unknown, code: number): boolean =>
  error instanceof JetStreamApiError && error.code === code;

export const isStreamMissing = (error: unknown): boolean => hasCode(error, STREAM_MISSING_CODE);

export const isStreamThere = (error: unknown): boolean => hasCode(error, STREAM_EXISTS_CODE);

export const isWrongLastSequence = (error: unknown): boolean =>
  hasCode(error, WRONG_LAST_SEQUENCE_CODE);

/** Whatever the client threw, as the port's own failure. */
export function natsFailure(error: unknown): CoordError {
  if (error instanceof CoordError) return error;
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new CoordError('MessageStreamUnavailable', `NATS JetStream fails: ${reason}`, {
    cause: error,
  });
}

/** The same for a call about one channel. */
export const channelFailure = (channel: string, error: unknown): CoordError =>
  isStreamMissing(error) ? channelNotFound(channel) : natsFailure(error);
