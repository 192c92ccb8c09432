import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HealthServer, serveHealth } from '../../../src/observe/health-http.js';
import { silentLogger } from '../../kit/silent-logger.js';

let state: string;
let server: HealthServer;

const serve = (port = 0) =>
  serveHealth({
    ip: '127.0.0.1',
    port,
    isHealthy: () => state === 'Healthy',
    stateWord: () => state,
    log: silentLogger,
  });

beforeEach(async () => {
  state = 'Healthy';
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

  it('refuses other methods and other paths', async () => {
    const posted = await fetch(url(), { method: 'POST', body: 'x' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    for (const path of ['/', '/healthz/', '/healthzz', '/metrics', '//healthz']) {
      expect((await fetch(url(path))).status).toBe(404);
    }
    expect((await fetch(url('/'), { method: 'DELETE' })).status).toBe(404);
  });

  it('refuses headers no probe has', async () => {
    const { told } = await say(
      `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(9_000)}\r\n\r\n`,
    );
    expect(await told).toMatch(/^HTTP\/1\.1 431 /);
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
