import { JetStreamApiError } from '@nats-io/jetstream';
import { CoordError } from '../../domain/errors.js';
import { channelNotFound } from '../message-stream-rules.js';

/** JetStream's code for "stream not found". */
const STREAM_MISSING_CODE = 10_059;

export const isStreamMissing = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === STREAM_MISSING_CODE;

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
