import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';

/** True for an address only this machine can reach. */
export const isLoopback = (ip: string): boolean =>
  ip === 'localhost' || ip === '::1' || (isIPv4(ip) && ip.startsWith('127.'));

/** Why a request may not watch, or that it may. */
export type Verdict = 'admitted' | 'foreign host' | 'foreign origin' | 'wrong token';

/** The names a browser on this machine may have for us; any other is a rebound DNS name. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/;

type Request = Pick<IncomingMessage, 'headers' | 'url'>;

/**
 * Who may watch: whoever knows the token, and of the pages in a browser only our own. A program
 * that is not a browser sends no Origin and needs none.
 */
export function judge({ headers, url = '/' }: Request, token: string): Verdict {
  const { host = '', origin } = headers;
  if (!LOOPBACK_HOST.test(host)) return 'foreign host';
  if (origin !== undefined && origin !== `http://${host}`) return 'foreign origin';
  const query = new URLSearchParams(url.slice(pathOf(url).length));
  return isSame(query.get('token') ?? '', token) ? 'admitted' : 'wrong token';
}

/** The path of a request line, without its query. */
export const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

/** Takes the same time wherever the texts differ. */
const isSame = (left: string, right: string): boolean =>
  timingSafeEqual(digest(left), digest(right));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
