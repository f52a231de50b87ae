import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { readServerIdentity, spawnOptionsFor } from '../../src/postgres-programs/identity.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

const PROGRAM = '/usr/sbin/pgbouncer';

/** Where Debian's package is not installed there is no pooler to test with; it is not needed by the product. */
export const hasPooler = (() => {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export interface Pooler {
  /** The URL of a database, by way of the pooler. */
  through(url: string): string;
  stop(): Promise<void>;
}

/** PgBouncer, giving its sessions to transactions, before the server of a URL. */
export async function startPooler(serverUrl: string): Promise<Pooler> {
  const { hostname, port: serverPort, username, password } = new URL(serverUrl);
  const identity = await readServerIdentity();
  const directory = await mkdtemp('/tmp/toygres-pooler-');
  const port = await freePort();
  const users = path.join(directory, 'users');
  const settings = path.join(directory, 'pgbouncer.ini');
  await writeFile(users, `"${username}" "${decodeURIComponent(password)}"\n`);
  await writeFile(
    settings,
    `[databases]
* = host=${hostname} port=${serverPort} user=${username} password=${decodeURIComponent(password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
auth_type = plain
auth_file = ${users}
pool_mode = transaction
default_pool_size = 4
unix_socket_dir =
logfile =
`,
  );
  await chmod(directory, 0o755);
  if (identity !== null) await chown(directory, identity.uid, identity.gid);
  const child = spawn(PROGRAM, ['-q', settings], { ...spawnOptionsFor(identity), cwd: '/', stdio: 'ignore' });
  const ended = once(child, 'exit');
  const through = (url: string) => {
    const changed = new URL(url);
    changed.host = `127.0.0.1:${port}`;
    return changed.href;
  };
  const answers = async () => {
    const client = new pg.Client({ connectionString: through(serverUrl) });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  await eventually(answers, (yes) => yes);
  return {
    through,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
