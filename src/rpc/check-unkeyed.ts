import { CoordError } from '../domain/errors.js';
import { EXPECTED_VERSION, IDEMPOTENCY_KEY } from './asker-of.js';
import type { Call } from './unary.js';

/**
 * Index and load requests have neither a recorded outcome nor a version (decision 13). Asking for
 * either is refused, so that nobody relies on what is not there.
 *
 * @throws CoordError `ParameterInvalid`.
 */
export function checkUnkeyed(call: Pick<Call<unknown>, 'header' | 'path'>): void {
  const rpc = call.path.slice(call.path.lastIndexOf('/') + 1);
  for (const header of [IDEMPOTENCY_KEY, EXPECTED_VERSION]) {
    if (call.header(header) === '') continue;
    throw CoordError.invalid(
      `the header ${header} is not supported for ${rpc}, which may simply be asked for again`,
    );
  }
}
