import { isCollection, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { documentSchema, type SpecDocument } from './document-schema.js';
import { PlainDocument } from './plain-document.js';
import { SpecError, type SpecPath } from './spec-error.js';

/** A hundred thousand collections with a line for every field of ten; more is a mistake. */
export const SPEC_BYTES_MAX = 16 * 2 ** 20;

/** As many as two of the largest clusters hold; a plan of more has no reader. */
export const SPEC_OBJECTS_MAX = 100_000;

/** A document and where its parts were written. */
export interface ReadDocument {
  readonly document: SpecDocument;
  /** Line of what stands at a path, or of the nearest thing around it. */
  readonly lineAt: (path: SpecPath) => number | undefined;
}

/**
 * Reads a spec: YAML, so JSON too. Scalars are kept as spelled. @throws SpecError with every
 * problem of form: no YAML, unknown keys, values of the wrong kind, too many objects.
 */
export function readDocument(content: string): ReadDocument {
  const lines = new LineCounter();
  const yaml = parseDocument(content, {
    schema: 'failsafe',
    lineCounter: lines,
    prettyErrors: false,
    // Quadratic; done below.
    uniqueKeys: false,
  });
  if (yaml.errors.length > 0) {
    throw new SpecError(
      yaml.errors.map(({ pos, message }) => ({
        path: [],
        text: message,
        line: lines.linePos(pos[0]).line,
      })),
    );
  }
  const lineAt = (path: SpecPath): number | undefined => lineOf(yaml.contents, path, lines);
  const { value, problems } = new PlainDocument(yaml.contents);
  if (problems.length > 0) {
    throw new SpecError(problems.map((problem) => ({ ...problem, line: lineAt(problem.path) })));
  }
  return { document: checkForm(value, lineAt), lineAt };
}

function checkForm(plain: unknown, lineAt: ReadDocument['lineAt']): SpecDocument {
  const { success, data, error } = documentSchema.safeParse(plain);
  if (!success) {
    throw new SpecError(
      error.issues.map((issue) => {
        const { path, message } = issue;
        const key = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
        return { path, text: message, line: lineAt([...path, ...key]) };
      }),
    );
  }
  const objects = countObjects(data);
  if (objects > SPEC_OBJECTS_MAX) {
    const text = `has ${objects} objects; at most ${SPEC_OBJECTS_MAX} are taken`;
    throw new SpecError([{ path: ['databases'], text }]);
  }
  return data;
}

function countObjects({ databases }: SpecDocument): number {
  let count = 0;
  for (const { collections } of Object.values(databases)) {
    count += 1;
    for (const { partitions, aliases } of Object.values(collections)) {
      count += 1 + partitions.length + aliases.length;
    }
  }
  return count;
}

function lineOf(root: unknown, path: SpecPath, lines: LineCounter): number | undefined {
  let node = root;
  let offset = offsetOf(root);
  for (const step of path) {
    const item = isCollection(node)
      ? node.items.findLast((each, at) => isAt(each, at, step))
      : undefined;
    if (item === undefined) break;
    offset = offsetOf(isPair(item) ? item.key : item) ?? offset;
    node = isPair(item) ? item.value : item;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function isAt(item: unknown, position: number, step: PropertyKey): boolean {
  if (!isPair(item)) return position === step;
  return isScalar(item.key) && item.key.value === step;
}

const offsetOf = (node: unknown): number | undefined =>
  isScalar(node) || isMap(node) || isCollection(node) ? node.range?.[0] : undefined;
