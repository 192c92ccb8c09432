import { meaningOf } from './known-keys.js';
import { originText, type Setting, type SourceReading } from './setting.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a variable may begin with when its plain name is taken by something else, as in Milvus. */
const PREFIX = 'MILVUS_CONF_';

/**
 * Picks the variables that name a key as Milvus lets them: case, `_`, `.` and `/` do not count, so
 * `ROOTCOORD_DMLCHANNELNUM` is `rootCoord.dmlChannelNum`. `MILVUS_CONF_` may come first and then
 * wins over the plain name. An empty variable says nothing; others are none of our business.
 */
export function readEnvironment(env: Environment): SourceReading {
  const plain = new Map<string, Setting>();
  const prefixed = new Map<string, Setting>();
  const problems: string[] = [];
  for (const variable of Object.keys(env).sort()) {
    const setting = settingOf(variable, env[variable]?.trim() ?? '');
    if (setting === undefined) continue;
    const chosen = variable.startsWith(PREFIX) ? prefixed : plain;
    const rival = chosen.get(setting.key);
    if (rival !== undefined && rival.text !== setting.text) {
      problems.push(
        `${originText(rival.origin)} and ${originText(setting.origin)} both set ${setting.key}, differently`,
      );
    }
    chosen.set(setting.key, setting);
  }
  return { settings: [...plain.values(), ...prefixed.values()], ignored: [], problems };
}

function settingOf(variable: string, text: string): Setting | undefined {
  const name = variable.startsWith(PREFIX) ? variable.slice(PREFIX.length) : variable;
  const meaning = meaningOf(name);
  if (meaning.kind !== 'used' || text === '') return undefined;
  const origin = { kind: 'environment', variable } as const;
  return { key: meaning.key, writtenAs: meaning.key, text, origin };
}
