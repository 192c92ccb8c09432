import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkSettings, originOf } from './check-settings.js';
import { ConfigError } from './config-error.js';
import { type Settings, storeContradiction, withFallbacks } from './fallbacks.js';
import { type Environment, readEnvironment } from './read-environment.js';
import { readConfigFile } from './read-file.js';
import { readOptions } from './read-options.js';
import { type Config, schemaKeys } from './schema.js';
import type { Origin, SourceReading } from './setting.js';

export interface ConfigRequest {
  /** `--config`: a file in the form of milvus.yaml. */
  readonly configPath?: string | undefined;
  /** One `key=value` per `--set`. */
  readonly sets: readonly string[];
  /** `--data-dir`. */
  readonly dataDir?: string | undefined;
  readonly env: Environment;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Milvus' keys that were said and that Rootstock has no use for; sorted, each once. */
  readonly ignoredKeys: readonly string[];
  /** For every key of the schema, where its value was said. */
  readonly provenance: ReadonlyMap<string, Origin>;
}

/** What Milvus reads from its configuration directory; later ones override earlier ones. */
const FILE_NAMES = ['milvus.yaml', 'default.yaml', 'user.yaml'];

/**
 * Puts the configuration together: an option (`--set`, `--data-dir`) over an environment variable
 * over the file over the default. The file is `configPath`, or else milvus.yaml, default.yaml and
 * user.yaml of the directory `MILVUSCONF` names, or else none.
 *
 * Throws `ConfigError` with every problem found: unknown keys, bad values, contradictions.
 */
export function loadConfig(request: ConfigRequest): LoadedConfig {
  const readings = [
    ...readFiles(request),
    readEnvironment(request.env),
    readOptions(request.sets, request.dataDir),
  ];
  const said: Settings = new Map(
    readings.flatMap(({ settings }) => settings).map((setting) => [setting.key, setting]),
  );
  const settings = withFallbacks(said);
  const { config, problems } = checkSettings(settings);
  const found = [...readings.flatMap((reading) => reading.problems), ...problems];
  const contradiction = storeContradiction(said);
  if (contradiction !== undefined) found.push(contradiction);
  if (found.length > 0) throw new ConfigError([...new Set(found)]);
  return {
    config: deepFreeze(config),
    ignoredKeys: [...new Set(readings.flatMap(({ ignored }) => ignored))].sort(),
    provenance: new Map(schemaKeys.map((key) => [key, originOf(settings, key)])),
  };
}

function readFiles({ configPath, env }: ConfigRequest): readonly SourceReading[] {
  if (configPath !== undefined) return [readConfigFile(configPath)];
  const directory = env.MILVUSCONF ?? '';
  if (directory === '') return [];
  const paths = FILE_NAMES.map((name) => join(directory, name)).filter((path) => existsSync(path));
  if (paths.length > 0) return paths.map(readConfigFile);
  const problem = `environment variable MILVUSCONF: ${directory} holds none of ${FILE_NAMES.join(', ')}`;
  return [{ settings: [], ignored: [], problems: [problem] }];
}

/** So that a part of the program cannot change the configuration of another. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
