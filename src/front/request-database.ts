import { DEFAULT_DATABASE_NAME } from '../domain/ids.js';
import type { Call } from '../rpc/unary.js';

/**
 * The database a client means: the request's own, else the one its connection is set to, else the
 * default (facts/wire-surface §2.1).
 */
export const requestDatabase = (call: Call<{ readonly dbName: string }>): string =>
  call.request.dbName || call.header('dbname') || DEFAULT_DATABASE_NAME;
