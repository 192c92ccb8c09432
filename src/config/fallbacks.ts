import { fallbackKeys } from './known-keys.js';
import { isStronger, originText, type Setting } from './setting.js';

/** The settings that hold, one per key. */
export type Settings = ReadonlyMap<string, Setting>;

/**
 * Adds what follows from settings for keys that are not said themselves: the value of a fallback
 * key, and the metadata store.
 *
 * `metastore.type`, said anywhere, decides where metadata lives. Unsaid, it is `etcd` when
 * `etcd.endpoints` is said anywhere, and `embedded` when that is not.
 */
export function withFallbacks(said: Settings): Settings {
  const settings = new Map(said);
  for (const [key, fallbackKey] of Object.entries(fallbackKeys)) {
    const fallback = said.get(fallbackKey);
    if (!said.has(key) && fallback !== undefined) settings.set(key, { ...fallback, key });
  }
  const endpoints = said.get('etcd.endpoints');
  if (!said.has('metastore.type') && endpoints !== undefined) {
    settings.set('metastore.type', { ...endpoints, key: 'metastore.type', text: 'etcd' });
  }
  return settings;
}

/**
 * `embedded` beside `etcd.endpoints` of the same or a weaker source is a choice: the file keeps its
 * endpoints for later. Endpoints of a stronger source contradict it, and guessing could start a
 * second, empty store.
 */
export function storeContradiction(said: Settings): string | undefined {
  const type = said.get('metastore.type');
  const endpoints = said.get('etcd.endpoints');
  if (type?.text.trim().toLowerCase() !== 'embedded' || endpoints === undefined) return undefined;
  if (!isStronger(endpoints.origin, type.origin)) return undefined;
  return `${originText(endpoints.origin)}: etcd.endpoints asks for etcd, but metastore.type = "embedded" (${originText(type.origin)}); say metastore.type where etcd.endpoints is said`;
}
