import { describe, expect, it, test } from 'vitest';
import { isLoopback, judge, type Verdict } from '../../../../src/observe/inspector/access.js';

const TOKEN = 'sixteen-or-more+/=';
const GOOD = `/?token=${encodeURIComponent(TOKEN)}`;

interface Case {
  readonly host?: string;
  readonly origin?: string;
  readonly url?: string;
}

const judged = ({ host = '127.0.0.1:8080', origin, url = GOOD }: Case): Verdict =>
  judge({ headers: { host, ...(origin === undefined ? {} : { origin }) }, url }, TOKEN);

describe('who may watch', () => {
  test.each<[string, Case]>([
    ['a program that knows the token', {}],
    ['our own page', { origin: 'http://127.0.0.1:8080' }],
    ['our own page by its other name', { host: 'localhost:8080', origin: 'http://localhost:8080' }],
    ['our own page over IPv6', { host: '[::1]:8080', origin: 'http://[::1]:8080' }],
    ['our own page through a tunnel', { host: 'localhost:9', origin: 'http://localhost:9' }],
    ['a program with more in its query', { url: `${GOOD}&x=1` }],
  ])('%s may', (_who, request) => {
    expect(judged(request)).toBe('admitted');
  });

  test.each<[string, Case, Verdict]>([
    ['nobody without a token', { url: '/' }, 'wrong token'],
    ['an empty token', { url: '/?token=' }, 'wrong token'],
    ['a token cut short', { url: GOOD.slice(0, -1) }, 'wrong token'],
    ['a token that goes on', { url: `${GOOD}x` }, 'wrong token'],
    ['a token in the path', { url: `/${TOKEN}` }, 'wrong token'],
    ['a page of the internet', { origin: 'https://stately.ai' }, 'foreign origin'],
    ['a page of another local server', { origin: 'http://127.0.0.1:3000' }, 'foreign origin'],
    ['a page without an origin of its own', { origin: 'null' }, 'foreign origin'],
    ['a rebound name', { host: 'evil.example:8080' }, 'foreign host'],
    ['a rebound name that looks local', { host: '127.0.0.1.evil.example' }, 'foreign host'],
    ['a rebound name with its origin', { host: 'a.b', origin: 'http://a.b' }, 'foreign host'],
    ['no host at all', { host: '' }, 'foreign host'],
  ])('%s may not', (_who, request, verdict) => {
    expect(judged(request)).toBe(verdict);
  });
});

describe('isLoopback', () => {
  it('holds for the addresses of this machine alone', () => {
    for (const ip of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
      expect(isLoopback(ip)).toBe(true);
    for (const ip of ['0.0.0.0', '::', '10.0.0.1', '127.evil.example', '']) {
      expect(isLoopback(ip)).toBe(false);
    }
  });
});
