import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HealthServer, serveHealth } from '../../../src/observe/health-http.js';
import { RecordedLog } from '../../kit/recorded-log.js';

let state: string;
let scrape: () => Promise<string>;
let log: RecordedLog;
let server: HealthServer;

const serve = (port = 0) =>
  serveHealth({
    ip: '127.0.0.1',
    port,
    isHealthy: () => state === 'Healthy',
    stateWord: () => state,
    metrics: { contentType: 'text/plain; version=0.0.4; charset=utf-8', scrape: () => scrape() },
    log,
  });

beforeEach(async () => {
  state = 'Healthy';
  scrape = async () => 'über 1\n';
  log = new RecordedLog();
  server = await serve();
});

afterEach(() => server.close());

const url = (path = '/healthz') => `http://127.0.0.1:${server.port}${path}`;

/** A raw connection that said `text`, and what it was told until the other side ended. */
async function say(text: string): Promise<{ socket: Socket; told: Promise<string> }> {
  const socket = connect(server.port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  let heard = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    heard += chunk;
  });
  const told = new Promise<string>((resolve) => {
    socket.on('error', () => {}).once('close', () => resolve(heard));
  });
  socket.write(text);
  return { socket, told };
}

describe('GET /healthz', () => {
  it('answers 200 OK while healthy', async () => {
    const response = await fetch(url('/healthz?verbose'));
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('OK');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('answers 503 and the state word of the moment otherwise', async () => {
    for (const word of ['Initializing', 'Standby', 'Abnormal']) {
      state = word;
      const response = await fetch(url());
      expect([response.status, await response.text()]).toEqual([503, word]);
    }
  });

  it('answers HEAD like GET, without the body', async () => {
    expect((await fetch(url(), { method: 'HEAD' })).status).toBe(200);
    state = 'Standby';
    const { told } = await say('HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await told).toMatch(/^HTTP\/1\.1 503 .*content-length: 7\r\n.*\r\n\r\n$/is);
  });

  it.each(['/healthz', '/metrics'])(
    'refuses other methods at %s, and other paths',
    async (path) => {
      const posted = await fetch(url(path), { method: 'POST', body: 'x' });
      expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      for (const other of ['/', `${path}/`, `${path}z`, `/x${path}`, `/${path}`]) {
        expect((await fetch(url(other))).status).toBe(404);
      }
      expect((await fetch(url('/'), { method: 'DELETE' })).status).toBe(404);
    },
  );

  it('refuses headers no probe has', async () => {
    const { told } = await say(
      `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(9_000)}\r\n\r\n`,
    );
    expect(await told).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('GET /metrics', () => {
  it('answers 200 and the metrics in every state', async () => {
    for (state of ['Healthy', 'Standby']) {
      const response = await fetch(url('/metrics?x'));
      expect([response.status, await response.text()]).toEqual([200, 'über 1\n']);
      expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('answers HEAD like GET, without the body', async () => {
    const { told } = await say('HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await told).toMatch(/^HTTP\/1\.1 200 .*content-length: 8\r\n.*\r\n\r\n$/is);
  });

  it('answers 500 and says so in the log when a metric cannot be read', async () => {
    scrape = () => Promise.reject(new Error('broken'));
    const response = await fetch(url('/metrics'));
    expect([response.status, await response.text()]).toEqual([500, 'metrics could not be read']);
    expect(log.saying('metrics could not be read')).toHaveLength(1);
    expect((await fetch(url('/healthz'))).status).toBe(200);
  });
});

describe('the health server', () => {
  it('says which port is taken', async () => {
    await expect(serve(server.port)).rejects.toMatchObject({
      kind: 'ServiceUnavailable',
      message: `the health server cannot listen on 127.0.0.1:${server.port}: the port is already in use`,
    });
  });

  it('ends idle and half-open connections on close, and frees the port', async () => {
    const agent = new Agent({ keepAlive: true });
    const idle = new Promise((resolve, reject) => {
      const probe = request(url(), { agent }, (response) => response.resume().once('end', resolve));
      probe.once('error', reject).end();
    });
    await idle;
    const halfOpen = await say('GET /healthz HT');
    await server.close();
    expect(await halfOpen.told).toBe('');
    agent.destroy();
    server = await serve(server.port);
    expect((await fetch(url())).status).toBe(200);
  });
});
