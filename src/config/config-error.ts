/** The configuration cannot be used. Not an RPC error: it ends the process before it serves. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** Everything that is wrong, one sentence each: where it was said, what, and what is allowed. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const many = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(`${many} in the configuration:\n${problems.map((text) => `  ${text}`).join('\n')}`);
    this.problems = problems;
  }
}
