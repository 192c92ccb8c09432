import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

const ETCD = '/usr/bin/etcd';
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/**
 * Makes sure that the servers tests talk to are on this machine: installs them from Debian's
 * packages where that is allowed, else says precisely what to install.
 */
export function installServers(): void {
  if (existsSync(ETCD)) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`${ETCD} is missing: install Debian's package etcd-server (3.4 or newer)`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'inherit' });
  withoutServices(() => {
    execFileSync('apt-get', ['install', '-y', '-qq', 'etcd-server'], { env, stdio: 'inherit' });
  });
}

/** The tests start etcd themselves; this file tells Debian to leave the package's service down. */
function withoutServices(install: () => void): void {
  if (existsSync(SERVICE_POLICY)) return install();
  writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(SERVICE_POLICY);
  }
}
