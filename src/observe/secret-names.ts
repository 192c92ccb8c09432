/** What stands in place of a secret. */
export const REDACTED = '[redacted]';

/**
 * Names whose values are credentials, in any spelling: `oldPassword`, `sha256_password`,
 * `authorization`, `secretAccessKey`, `rootToken`. Hiding too much is the safe mistake.
 */
const SECRET_NAME = /passw(?:or)?d|authorization|secret|(?:token|api_?key)$/i;

/** True when a field of this name must not be shown to anybody. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);
