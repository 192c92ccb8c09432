import { isAlias, isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { echo } from '../domain/errors.js';
import type { SpecPath } from './spec-error.js';

/**
 * Parts of a document, every use of an anchor counted whole. A few kilobytes of anchors that use
 * each other can stand for more than fits into memory; the largest spec has a tenth of this.
 */
const PARTS_MAX = 10_000_000;

/** What stands at a place, and of how many parts it is made. */
interface Part {
  readonly value: unknown;
  readonly size: number;
}

const NOTHING: Part = { value: '', size: 1 };

/**
 * A YAML document as maps, lists and texts. Does itself what the parser takes quadratic time for:
 * finding keys that occur twice, and what anchors stand for.
 */
export class PlainDocument {
  readonly problems: { readonly path: SpecPath; readonly text: string }[] = [];
  readonly value: unknown;
  readonly #anchors = new Map<string, Part>();

  constructor(root: unknown) {
    this.value = this.#part(root, []).value;
  }

  #part(node: unknown, path: SpecPath): Part {
    if (isAlias(node)) return this.#resolve(node.source, path);
    const part = this.#newPart(node, path);
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    // Only now, so that nothing can be a part of itself.
    if (anchor !== undefined) this.#anchors.set(anchor, part);
    return part;
  }

  #newPart(node: unknown, path: SpecPath): Part {
    if (isMap(node)) return this.#map(node, path);
    if (isSeq(node)) return this.#list(node, path);
    return isScalar(node) ? { value: node.value ?? '', size: 1 } : NOTHING;
  }

  #resolve(name: string, path: SpecPath): Part {
    const part = this.#anchors.get(name);
    if (part !== undefined) return part;
    return this.#refuse(path, `nothing before is named &${echo(name)}`);
  }

  #map(node: YAMLMap, path: SpecPath): Part {
    const value: Record<string, unknown> = {};
    const seen = new Set<string>();
    let size = 1;
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value ?? '') : '';
      const at = [...path, key];
      if (seen.has(key)) this.#refuse(at, 'is said twice');
      // An object cannot have a key of this name.
      if (key === '__proto__') this.#refuse(at, 'is no name');
      seen.add(key);
      const part = this.#part(pair.value, at);
      size += part.size;
      if (size > PARTS_MAX) return this.#refuse(path, `has more than ${PARTS_MAX} parts`);
      value[key] = part.value;
    }
    return { value, size };
  }

  #list(node: YAMLSeq, path: SpecPath): Part {
    const value: unknown[] = [];
    let size = 1;
    for (const [position, item] of node.items.entries()) {
      const part = this.#part(item, [...path, position]);
      size += part.size;
      if (size > PARTS_MAX) return this.#refuse(path, `has more than ${PARTS_MAX} parts`);
      value.push(part.value);
    }
    return { value, size };
  }

  #refuse(path: SpecPath, text: string): Part {
    this.problems.push({ path, text });
    return NOTHING;
  }
}
