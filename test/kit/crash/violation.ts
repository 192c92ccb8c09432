/** A promise of the server that was broken, with what proves it. */
export class Violation extends Error {
  override readonly name = 'Violation';

  /** @param evidence whatever a reader needs to believe it; bigints and bytes are fine. */
  constructor(rule: string, evidence: unknown) {
    super(`${rule}\n${inWords(evidence)}`);
  }
}

/** Longest evidence that is still read by somebody. */
const EVIDENCE_LENGTH_MAX = 20_000;

function inWords(evidence: unknown): string {
  const text = JSON.stringify(evidence, (_key, value: unknown) => plain(value), 1) ?? '';
  return text.length <= EVIDENCE_LENGTH_MAX ? text : `${text.slice(0, EVIDENCE_LENGTH_MAX)}…`;
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value === Number.POSITIVE_INFINITY) return 'never';
  return value;
}
