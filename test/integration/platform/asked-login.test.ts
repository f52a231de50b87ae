import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ServerSpec } from '../../../jobs/ports/platform/servers.ts';
import { ASKED_LOGIN, isAskedFor, writeAskedLogin } from '../../../src/platform/kubernetes/servers/asked-login.ts';
import { findPostmaster } from '../../../src/postgres-programs/postmaster.ts';
import { eventually } from '../../support/eventually.ts';
import { TEMPLATES } from '../../support/kubernetes-templates.ts';
import { useServerBench } from '../../support/server-bench.ts';

const run = promisify(execFile);
const LOGIN = { username: 'postgres', password: `it's "quoted" \\ $(and) strange` };

describe('check-server.sh, which gives a server of a cluster the login that is asked for', () => {
  const bench = useServerBench();
  let secret: string;
  beforeEach(async () => {
    secret = await mkdtemp('/tmp/toygres-secret-');
    await writeFile(path.join(secret, 'username'), 'postgres');
  });
  afterEach(() => rm(secret, { recursive: true, force: true }));

  /** A server whose socket asks nobody, as in a pod. */
  async function createOpen(): Promise<ServerSpec> {
    const spec = await bench.create();
    const hba = path.join(bench.directoryOf(spec), 'configuration', 'pg_hba.conf');
    await writeFile(hba, 'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n');
    await bench.ask(spec, 'SELECT pg_reload_conf()');
    await eventually(
      () => bench.ask(spec, `SELECT count(*)::int FROM pg_hba_file_rules WHERE auth_method = 'trust'`),
      (count) => count === 1,
    );
    return spec;
  }

  /** The script of the product, with places of this machine. */
  async function look(spec: ServerSpec): Promise<void> {
    const [text, port, place] = await Promise.all([
      readFile(path.join(TEMPLATES, 'kubernetes', 'check-server.sh'), 'utf8'),
      bench.untilReady(spec),
      bench.ask(spec, 'SHOW unix_socket_directories').catch(() => known),
    ]);
    known = String(place).replaceAll('"', '');
    const here = text
      .replaceAll('/run/postgresql', known)
      .replaceAll('5432', String(port))
      .replaceAll('/secret/', `${secret}/`);
    await run('sh', ['-c', here], { env: { PATH: process.env.PATH, PGDATA: bench.dataOf(spec) } });
  }
  let known = '';
  const askFor = (text: string) => writeFile(path.join(secret, ASKED_LOGIN), text);
  async function logsIn(spec: ServerSpec, password: string): Promise<boolean> {
    const client = new pg.Client({ host: '127.0.0.1', port: await bench.untilReady(spec), user: 'postgres', password });
    client.on('error', () => undefined);
    return client.connect().then(
      () => client.end().then(() => true),
      () => false,
    );
  }

  test('sets it once, also for a role whose time is over, and not again when it was changed since', async () => {
    const spec = await createOpen();
    await look(spec);
    await bench.ask(spec, `ALTER ROLE postgres PASSWORD 'nobody knows' VALID UNTIL '2001-01-01'`);
    await askFor(writeAskedLogin(LOGIN));
    await look(spec);
    expect(await logsIn(spec, LOGIN.password)).toBe(true);
    const client = new pg.Client({ host: known, port: await bench.untilReady(spec), user: 'postgres' });
    await client.connect();
    await client.query(`ALTER ROLE postgres PASSWORD 'hunter22'`);
    await client.end();
    await look(spec);
    expect(await logsIn(spec, 'hunter22')).toBe(true);
    await askFor('');
    await look(spec);
    expect(await logsIn(spec, 'hunter22')).toBe(true);
  });

  test('is none the worse for what is no login, and tells whether the server takes connections', async () => {
    const spec = await createOpen();
    for (const text of [
      `postgres\nx'; DROP ROLE app; --\n`,
      `post"gres\n${'a'.repeat(10)}\n`,
      'postgres',
      '\\! touch /tmp/toygres-never\nx\n',
      'nobody_here\nSCRAM-SHA-256$4096:eA==$eA==:eA==\n',
    ]) {
      await askFor(text);
      await look(spec);
    }
    expect(await bench.ask(spec, 'SELECT 1')).toBe(1);
    expect(await findPostmaster(bench.dataOf(spec))).not.toBeNull();
    await bench.platform.stopServer(spec);
    const here = (await readFile(path.join(TEMPLATES, 'kubernetes', 'check-server.sh'), 'utf8'))
      .replaceAll('/run/postgresql', known)
      .replaceAll('5432', '1');
    await expect(run('sh', ['-c', here], { env: { PATH: process.env.PATH } })).rejects.toMatchObject({ code: 2 });
  });

  test('a Secret that asks for a login asks for that one and for no other', () => {
    const data = { [ASKED_LOGIN]: Buffer.from(writeAskedLogin(LOGIN)).toString('base64') };
    const of = (more: object) => ({ metadata: { name: 'x' }, ...more });
    expect(isAskedFor(of({ data }), LOGIN)).toBe(true);
    expect(isAskedFor(of({ data }), { ...LOGIN, password: 'another' })).toBe(false);
    expect(isAskedFor(of({ data }), { ...LOGIN, username: 'app' })).toBe(false);
    expect(isAskedFor(of({ data: { [ASKED_LOGIN]: '' } }), LOGIN)).toBe(false);
    expect(isAskedFor(of({}), LOGIN)).toBe(false);
    expect(() => writeAskedLogin({ username: 'o"x', password: 'y' })).toThrow('plain name');
  });
});
