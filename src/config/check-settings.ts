import { echo } from '../domain/errors.js';
import { contradictions } from './contradictions.js';
import type { Settings } from './fallbacks.js';
import { type Config, configSchema, schemaKeys } from './schema.js';
import { type Origin, originText } from './setting.js';

export interface CheckedSettings {
  /** Good values and defaults; a bad value is replaced by the default. */
  readonly config: Config;
  readonly problems: readonly string[];
}

/** Where the value of `key` was said. */
export const originOf = (settings: Settings, key: string): Origin =>
  settings.get(key)?.origin ?? { kind: 'default' };

/**
 * Reads every value and compares the good ones with each other, so that one run tells everything
 * that is wrong.
 */
export function checkSettings(settings: Settings): CheckedSettings {
  const bad = valueProblems(settings);
  const good = new Map([...settings].filter(([key]) => !bad.has(key)));
  const config = configSchema.parse(asTree(good));
  const disputes = contradictions(config)
    .filter(({ keys }) => !keys.some((key) => bad.has(key)))
    .map(({ keys: [first, second], text }) => {
      const origins = [first, second].map((key) => originText(originOf(settings, key)));
      return `${first} ${text} (said in ${[...new Set(origins)].join(' and ')})`;
    });
  return { config, problems: [...bad.values(), ...disputes] };
}

/** What is wrong with single values, by key. */
function valueProblems(settings: Settings): ReadonlyMap<string, string> {
  const { error } = configSchema.safeParse(asTree(settings));
  const problems = new Map<string, string>();
  for (const { path, message } of error?.issues ?? []) {
    const key = path.join('.');
    const setting = settings.get(key);
    const said = setting === undefined ? key : `${setting.writtenAs} = "${echo(setting.text)}"`;
    problems.set(key, `${originText(originOf(settings, key))}: ${said} ${message}`);
  }
  return problems;
}

interface Tree {
  [name: string]: string | undefined | Tree;
}

/** The settings nested as the schema nests them; every section exists, unsaid values do not. */
function asTree(settings: Settings): Tree {
  const root: Tree = {};
  for (const key of schemaKeys) {
    const sections = key.split('.');
    const name = sections.pop() ?? key;
    sectionAt(root, sections)[name] = settings.get(key)?.text;
  }
  return root;
}

function sectionAt(root: Tree, names: readonly string[]): Tree {
  let section = root;
  for (const name of names) {
    const next = section[name];
    const child = typeof next === 'object' ? next : {};
    section[name] = child;
    section = child;
  }
  return section;
}
