/** More problems than this help nobody. */
const PROBLEMS_SHOWN_MAX = 20;

/** Where in the document, as keys and positions from its top. */
export type SpecPath = readonly PropertyKey[];

/** One thing that is wrong with a spec. */
export interface SpecProblem {
  readonly path: SpecPath;
  readonly text: string;
  /** Line of the file, from 1, when it is known without the path. */
  readonly line?: number | undefined;
  /** Where the line is looked for, when that is not `path`. */
  readonly writtenAt?: SpecPath;
}

/** Line of the file, from 1; undefined when it cannot be told. */
export type LineAt = (path: SpecPath) => number | undefined;

/** The spec cannot be used. Its message names every problem, one a line, the first twenty. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
  readonly problems: readonly SpecProblem[];

  constructor(problems: readonly SpecProblem[], lineAt: LineAt = () => undefined) {
    const shown = problems
      .slice(0, PROBLEMS_SHOWN_MAX)
      .map((problem) => `  ${words(problem, lineAt)}`);
    const more = problems.length - shown.length;
    const rest = more > 0 ? [`  and ${more} more`] : [];
    const many = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super([`${many} in the spec:`, ...shown, ...rest].join('\n'));
    this.problems = problems;
  }
}

function words({ path, text, line, writtenAt = path }: SpecProblem, lineAt: LineAt): string {
  const number = line ?? lineAt(writtenAt);
  const place = [number === undefined ? '' : `line ${number}`, pathText(path)].filter(Boolean);
  // Of the whole document there is no place to tell.
  return place.length === 0 ? text : `${place.join(', ')}: ${text}`;
}

/** `databases.shop.collections.books.fields[2].dim` */
export const pathText = (path: SpecPath): string =>
  path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`,
    )
    .join('');
