import { ConfigError } from '../../src/config/config-error.js';
import { type ConfigRequest, type LoadedConfig, loadConfig } from '../../src/config/load-config.js';

/** Loads with nothing said but what the test says. */
export const load = (request: Partial<ConfigRequest> = {}): LoadedConfig =>
  loadConfig({ sets: [], env: {}, ...request });

/** What loading complains of; empty when it succeeds. */
export function problemsOf(request: Partial<ConfigRequest>): readonly string[] {
  try {
    load(request);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** The value of a dotted key. */
export function valueAt({ config }: LoadedConfig, key: string): unknown {
  let value: unknown = config;
  for (const name of key.split('.')) {
    value = Object.entries(Object(value)).find(([found]) => found === name)?.[1];
  }
  return value;
}
