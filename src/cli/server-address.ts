import { isIPv6 } from 'node:net';
import type { Config } from '../config/schema.js';
import { UsageError } from './usage-error.js';

const ADDRESS = /^(?:[\w.-]+|\[[\da-fA-F:.]+\]):\d{1,5}$/;

/** Addresses that listeners have and nobody can call, and their counterparts that can be called. */
const CALLABLE: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/** Where to call: the option, else the public service as configured. @throws UsageError */
export function serverAddress(option: string | undefined, { proxy }: Config): string {
  if (option === undefined) {
    const ip = CALLABLE.get(proxy.ip) ?? proxy.ip;
    return `${isIPv6(ip) ? `[${ip}]` : ip}:${proxy.port}`;
  }
  if (ADDRESS.test(option)) return option;
  throw new UsageError(`--address "${option}" is not of the form host:port`);
}
