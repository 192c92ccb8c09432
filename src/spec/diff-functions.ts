import { isSameSchema } from '../domain/schema/schema-equality.js';
import { CollectionSchema, type FunctionSchema, FunctionType } from '../gen/schema.js';
import type { CollectionPlace } from './catalog-state.js';
import type { Findings } from './findings.js';

const NO_SCHEMA = CollectionSchema.create();

/**
 * Compares the functions of a collection that is there, by name. BM25 keeps statistics of the rows
 * that are there, so it lives and dies with its collection (Milvus 2.6).
 */
export function diffFunctions(
  place: CollectionPlace,
  wanted: CollectionSchema,
  existing: CollectionSchema,
  findings: Findings,
): void {
  const there = new Map(existing.functions.map((fn) => [fn.name, fn]));
  for (const fn of wanted.functions) {
    const old = there.get(fn.name);
    there.delete(fn.name);
    if (old !== undefined && isSameFunction(fn, old)) continue;
    const kind = old === undefined ? 'addFunction' : 'alterFunction';
    if (canChange(fn, old)) findings.step({ kind, ...place, fn });
    else findings.conflict(place, `function ${fn.name} cannot be added or changed in place`);
  }
  if (!findings.prune) return;
  for (const { name, type } of there.values()) {
    if (type !== FunctionType.BM25) findings.step({ kind: 'dropFunction', ...place, name });
    else findings.conflict(place, `function ${name} is not in the spec and cannot be dropped`);
  }
}

const canChange = (wanted: FunctionSchema, existing: FunctionSchema | undefined): boolean =>
  wanted.type !== FunctionType.BM25 && existing?.type !== FunctionType.BM25;

const isSameFunction = (a: FunctionSchema, b: FunctionSchema): boolean =>
  isSameSchema({ ...NO_SCHEMA, functions: [a] }, { ...NO_SCHEMA, functions: [b] });
