import { meaningOf } from './known-keys.js';
import type { Setting, SourceReading } from './setting.js';
import { unknownKey } from './unknown-key.js';

/**
 * Reads the command line: `key=value` of each `--set`, the last one of a key wins, and the
 * directory of `--data-dir`, which wins over `--set rootstock.dataDir`.
 */
export function readOptions(sets: readonly string[], dataDir: string | undefined): SourceReading {
  const settings: Setting[] = [];
  const ignored: string[] = [];
  const problems: string[] = [];
  for (const set of sets) {
    const [name, text] = parts(set);
    const meaning = meaningOf(name);
    if (meaning.kind === 'unknown') problems.push(`--set: ${unknownKey(name)}`);
    else if (text === '') problems.push(`--set: "${name}" needs a value: --set ${name}=<value>`);
    else if (meaning.kind === 'ignored') ignored.push(name);
    else settings.push(optionSetting('--set', meaning.key, name, text));
  }
  if (dataDir === '') problems.push('--data-dir needs the path of a directory');
  else if (dataDir !== undefined) {
    settings.push(optionSetting('--data-dir', 'rootstock.dataDir', 'rootstock.dataDir', dataDir));
  }
  return { settings, ignored, problems };
}

const optionSetting = (
  option: '--set' | '--data-dir',
  key: string,
  writtenAs: string,
  text: string,
): Setting => ({ key, writtenAs, text, origin: { kind: 'option', option } });

/** Name and value of `name=value`; the value may contain `=` and is empty when there is none. */
function parts(set: string): [string, string] {
  const at = set.indexOf('=');
  return at < 0 ? [set.trim(), ''] : [set.slice(0, at).trim(), set.slice(at + 1).trim()];
}
