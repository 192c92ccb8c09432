import { type LoadedConfig, loadConfig } from '../config/load-config.js';

/** Options every command has. */
export interface ConfigOptions {
  readonly config?: string;
  readonly set: readonly string[];
  readonly dataDir?: string;
}

/** The configuration the command line asks for. @throws ConfigError */
export const readConfig = ({ config, set, dataDir }: ConfigOptions): LoadedConfig =>
  loadConfig({ configPath: config, sets: set, dataDir, env: process.env });
