import { execFile } from 'node:child_process';
import { appendFile, chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { readServerIdentity } from '../../src/postgres-programs/identity.ts';
import { eventually } from './eventually.ts';
import { type SourceServer, startSourceServer } from './source-server.ts';

/** A PostgreSQL that takes the password of one role as it is, over TLS alone, as Azure's takes a token. */
export interface TlsDatabase extends SourceServer {
  /** Without a password; the server's certificate is checked. */
  readonly url: string;
  /** What the role signs in with from now on. */
  changePassword(password: string): Promise<void>;
  /** By which programs the role is connected, and whether each over TLS. */
  sessions(): Promise<Readonly<Record<string, boolean>>>;
  endSessions(): Promise<void>;
}

export async function startTlsDatabase(role: string, password: string): Promise<TlsDatabase> {
  const directory = await mkdtemp('/tmp/toygres-tls-');
  await chmod(directory, 0o755);
  const identity = await readServerIdentity();
  if (identity !== null) await chown(directory, identity.uid, identity.gid);
  const server = await startSourceServer({ directory, password: 'of-the-superuser', initdbArguments: [] });
  const [key, certificate] = ['key.pem', 'cert.pem'].map((name) => path.join(server.dataDirectory, name)) as [
    string,
    string,
  ];
  const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '2'];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  await promisify(execFile)('openssl', ['req', '-x509', ...made, ...name]);
  if (identity !== null) for (const file of [key, certificate]) await chown(file, identity.uid, identity.gid);
  await chmod(key, 0o600);
  const authority = path.join(directory, 'ca.pem');
  await writeFile(authority, await readFile(certificate));

  const hba = path.join(server.dataDirectory, 'pg_hba.conf');
  const others = await readFile(hba, 'utf8');
  await writeFile(hba, `hostssl all "${role}" all password\nhost all "${role}" all reject\n`);
  await appendFile(hba, others);
  const setPassword = (to: string) => server.query('postgres', `ALTER ROLE "${role}" PASSWORD '${to}'`);
  await server.query('postgres', `CREATE ROLE "${role}" LOGIN`);
  await server.query('postgres', `CREATE DATABASE records OWNER "${role}"`);
  await setPassword(password);
  for (const set of [`ssl_cert_file = '${certificate}'`, `ssl_key_file = '${key}'`, 'ssl = on']) {
    await server.query('postgres', `ALTER SYSTEM SET ${set}`);
  }
  await server.query('postgres', 'SELECT pg_reload_conf()');
  await eventually(
    async () => (await server.query('postgres', 'SHOW ssl'))[0]?.ssl,
    (ssl) => ssl === 'on',
  );
  return {
    ...server,
    url: `postgresql://${role}@localhost:${server.port}/records?sslmode=verify-full&sslrootcert=${authority}`,
    changePassword: async (to) => void (await setPassword(to)),
    async sessions() {
      const rows = await server.query(
        'postgres',
        `SELECT a.application_name AS name, bool_and(s.ssl) AS ssl FROM pg_stat_activity a JOIN pg_stat_ssl s USING (pid)
         WHERE a.usename = '${role}' GROUP BY 1 ORDER BY 1`,
      );
      return Object.fromEntries(rows.map(({ name, ssl }) => [String(name), ssl === true]));
    },
    endSessions: async () =>
      void (await server.query(
        'postgres',
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`,
      )),
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
