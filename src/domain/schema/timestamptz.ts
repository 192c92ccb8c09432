/** The zone of a collection that names none. */
export const DEFAULT_TIMEZONE = 'UTC';

/** The longest IANA name has 32 characters. */
const TIMEZONE_LENGTH_MAX = 64;

/** True for the IANA name of a zone; an offset such as `+08:00` is none. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name) || name.length > TIMEZONE_LENGTH_MAX) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Date, time, up to six digits of a second, and an offset; the offset may be missing. */
const TIME =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:\d{2})?$/;

const MICROSECONDS_PER_MS = 1000n;
const MS_PER_MINUTE = 60_000n;

/**
 * Microseconds since the epoch of an ISO 8601 time, or undefined when the text is none. A time
 * without an offset counts as UTC.
 */
export function parseTimestamptz(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const offset = offsetMinutes(match[8] ?? 'Z');
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  // A day or hour that does not exist rolls over into the next one.
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24;
  if (!exists || minute > 59 || second > 59 || offset === undefined) return undefined;
  const fraction = BigInt((match[7] ?? '').padEnd(6, '0'));
  return (BigInt(date.getTime()) - offset * MS_PER_MINUTE) * MICROSECONDS_PER_MS + fraction;
}

/** True when the time says how far it is from UTC. */
export const hasOffset = (text: string): boolean => TIME.exec(text)?.[8] !== undefined;

function offsetMinutes(offset: string): bigint | undefined {
  if (offset === 'Z') return 0n;
  const hours = BigInt(offset.slice(1, 3));
  const minutes = BigInt(offset.slice(4));
  if (hours > 23n || minutes > 59n) return undefined;
  const total = hours * 60n + minutes;
  return offset.startsWith('-') ? -total : total;
}
