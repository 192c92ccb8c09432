import { type Event, parseEvents, YAMLException } from 'js-yaml';
import { documentSchema, type SpecDocument } from './document-schema.js';
import { LineFinder } from './line-finder.js';
import { PlainDocument } from './plain-document.js';
import { type LineAt, SpecError, type SpecPath } from './spec-error.js';

/** A hundred thousand collections with a line for every field of ten; more is a mistake. */
export const SPEC_BYTES_MAX = 16 * 2 ** 20;

/** As many as two of the largest clusters hold; a plan of more has no reader. */
export const SPEC_OBJECTS_MAX = 100_000;

/** A document and where its parts were written. */
export interface ReadDocument {
  readonly document: SpecDocument;
  /** Line of what stands at a path, or of the nearest thing around it. */
  readonly lineAt: LineAt;
}

/**
 * Reads a spec: YAML, so JSON too. Scalars are kept as spelled. @throws SpecError with every
 * problem of form: no YAML, unknown keys, values of the wrong kind, too many objects.
 */
export function readDocument(content: string): ReadDocument {
  const { value, problems } = new PlainDocument(content, eventsOf(content));
  let finder: LineFinder | undefined;
  const lineAt = (path: SpecPath): number | undefined => {
    // Parsed again for it: where all goes well, nobody pays for keeping the places of everything.
    finder ??= new LineFinder(content, eventsOf(content));
    return finder.lineOf(path);
  };
  if (problems.length > 0) throw new SpecError(problems, lineAt);
  return { document: checkForm(value, lineAt), lineAt };
}

function eventsOf(content: string): Event[] {
  try {
    return parseEvents(content, {});
  } catch (caught) {
    if (!(caught instanceof YAMLException)) throw caught;
    const { reason, mark } = caught;
    throw new SpecError([{ path: [], text: reason, line: mark && mark.line + 1 }]);
  }
}

function checkForm(plain: unknown, lineAt: LineAt): SpecDocument {
  const { success, data, error } = documentSchema.safeParse(plain);
  if (!success) {
    const problems = error.issues.map((issue) => {
      const { path, message } = issue;
      const key = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      return { path, text: message, writtenAt: [...path, ...key] };
    });
    throw new SpecError(problems, lineAt);
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
