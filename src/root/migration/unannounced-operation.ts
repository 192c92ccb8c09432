import type { MetaStore } from '../../ports/meta-store.js';
import type { OldKeys } from './old-keys.js';

/** What is said of an operation whose record cannot be read. */
const UNKNOWN = 'unknown';

/**
 * Kind of the last DDL of Milvus ≤ 2.1 if its announcement may never have gone out
 * (facts/rootcoord §3.7). There is nobody left to announce it to: it is only told.
 */
export async function findUnannounced(
  store: MetaStore,
  oldKeys: OldKeys,
): Promise<string | undefined> {
  const sent = await store.get(oldKeys.isLastOperationSent);
  if (sent === undefined || textOf(sent) !== 'false') return undefined;
  const operation = await store.get(oldKeys.lastOperation);
  return operation === undefined ? UNKNOWN : typeOf(textOf(operation));
}

function typeOf(json: string): string {
  try {
    const parsed: unknown = JSON.parse(json);
    const type: unknown =
      typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'type') : undefined;
    return typeof type === 'string' ? type : UNKNOWN;
  } catch {
    return UNKNOWN;
  }
}

const textOf = (value: Uint8Array): string => new TextDecoder().decode(value);
