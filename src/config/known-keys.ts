import { milvusKeys } from './milvus-keys.js';
import { schemaKeys } from './schema.js';

/**
 * Older or wider names of a key of ours: they count only where the key itself is not said. Milvus
 * falls back the same way; `rootCoord.tso` is the seed's name.
 */
export const fallbackKeys: Readonly<Record<string, string>> = {
  'rootstock.dataDir': 'localStorage.path',
  'rootstock.tso.updateInterval': 'rootCoord.tso.updateInterval',
  'rootstock.tso.saveInterval': 'rootCoord.tso.saveInterval',
  'proxy.ip': 'rootstock.bind',
  'rootCoord.ip': 'rootstock.bind',
  'dataCoord.ip': 'rootstock.bind',
  'metrics.ip': 'rootstock.bind',
  'metrics.port': 'common.MetricsPort',
  'proxy.healthCheckTimeout': 'proxy.healthCheckTimetout',
  'msgChannel.chanNamePrefix.cluster': 'common.chanNamePrefix.cluster',
  'msgChannel.chanNamePrefix.rootCoordTimeTick': 'common.chanNamePrefix.rootCoordTimeTick',
  'msgChannel.chanNamePrefix.rootCoordStatistics': 'common.chanNamePrefix.rootCoordStatistics',
  'msgChannel.chanNamePrefix.rootCoordDml': 'common.chanNamePrefix.rootCoordDml',
  'msgChannel.chanNamePrefix.rootCoordDelta': 'common.chanNamePrefix.rootCoordDelta',
  'msgChannel.chanNamePrefix.dataCoordTimeTick': 'common.chanNamePrefix.dataCoordTimeTick',
  'msgChannel.chanNamePrefix.dataCoordSegmentInfo': 'common.chanNamePrefix.dataCoordSegmentInfo',
};

/** Keys whose values matter to Rootstock, in the spelling everything else uses. */
const usedKeys = [...new Set([...schemaKeys, ...Object.values(fallbackKeys)])];

/** What a dotted name means: a key we use, a Milvus key we do not, or nothing. */
export type Meaning =
  | { readonly kind: 'used'; readonly key: string }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unknown' };

/** How Milvus compares keys: case, `.`, `_` and `/` make no difference. */
export const canonical = (name: string): string => name.toLowerCase().replaceAll(/[._/]/g, '');

/** Every name of the list, dotted, and the sections under which any name goes. */
export function expand(tree: string): { names: string[]; openSections: string[] } {
  const names: string[] = [];
  const openSections: string[] = [];
  const path: string[] = [];
  for (const [token] of tree.matchAll(/[^\s{}]+\{?|\}/g)) {
    if (token === '}') path.pop();
    else if (token.endsWith('{')) path.push(token.slice(0, -1));
    else if (token === '*') openSections.push(path.join('.'));
    else names.push([...path, token].join('.'));
  }
  return { names, openSections };
}

const milvus = expand(milvusKeys);

const keys = [...new Set([...usedKeys, ...milvus.names])];
const sectionNames = [...new Set([...keys, ...milvus.openSections].flatMap(sectionsOf))];

/** Every name a user could have meant, of a key or of a group of keys; ours first. */
export const knownNames: readonly string[] = [...keys, ...sectionNames];

const used = new Map(usedKeys.map((key) => [canonical(key), key]));
const ignored = new Set(milvus.names.map(canonical));
const openSections = new Set(milvus.openSections.map(canonical));
const sections = new Set(sectionNames.map(canonical));

/** `a.b` and `a` for `a.b.c`. */
function sectionsOf(name: string): string[] {
  const parts = name.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
}

/** What `name` means, wherever it was written. */
export function meaningOf(name: string): Meaning {
  const key = used.get(canonical(name));
  if (key !== undefined) return { kind: 'used', key };
  const isMilvus = ignored.has(canonical(name)) || isOpen(name);
  return { kind: isMilvus ? 'ignored' : 'unknown' };
}

/** True for the name of a group of keys whose names are all known. */
export const isSection = (name: string): boolean => sections.has(canonical(name)) && !isOpen(name);

const isOpen = (name: string): boolean =>
  [name, ...sectionsOf(name)].some((part) => openSections.has(canonical(part)));
