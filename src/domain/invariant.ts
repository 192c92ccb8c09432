/**
 * Asserts what only a mistake in this program can break. Operating errors are `CoordError`s;
 * a failed invariant is a bug and may end the process.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant violated: ${message}`);
}

/** Closes a switch: adding a case to the union breaks the build here. */
export function unreachable(value: never): never {
  throw new Error(`unreachable case: ${String(value)}`);
}
