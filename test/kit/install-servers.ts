import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** Program to the package of Debian it comes with. */
const SERVERS: Readonly<Record<string, string>> = {
  '/usr/bin/etcd': 'etcd-server',
  '/usr/sbin/nats-server': 'nats-server',
};
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/**
 * Makes sure that the servers tests talk to are on this machine: installs them from Debian's
 * packages where that is allowed, else says precisely what to install.
 */
export function installServers(): void {
  const missing = Object.entries(SERVERS).filter(([program]) => !existsSync(program));
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    const programs = missing.map(([program]) => program).join(', ');
    throw new Error(`${programs} missing: install Debian's ${packages.join(', ')}`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'inherit' });
  withoutServices(() => {
    execFileSync('apt-get', ['install', '-y', '-qq', ...packages], { env, stdio: 'inherit' });
  });
}

/** The tests start servers themselves; this file tells Debian to leave its services down. */
function withoutServices(install: () => void): void {
  if (existsSync(SERVICE_POLICY)) return install();
  writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(SERVICE_POLICY);
  }
}
