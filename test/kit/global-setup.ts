import { execFileSync } from 'node:child_process';
import { installServers } from './install-servers.js';

/** Before any test: the servers tests talk to are on the machine, and `dist` is what `src` says. */
export default function setup(): void {
  installServers();
  execFileSync('npm', ['run', '--silent', 'compile'], { stdio: ['ignore', 'inherit', 'inherit'] });
}
