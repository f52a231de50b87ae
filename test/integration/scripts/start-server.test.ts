import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SCRIPT = path.resolve(import.meta.dirname, '../../../templates/kubernetes/start-server.sh');
/** Says what the files of the cluster set, as `-C` does, and otherwise how it was called. */
const POSTGRES = `#!/bin/sh
case " $* " in *" -C shared_preload_libraries "*) printf '%s\\n' "$PRELOADED"; exit 0 ;; esac
for argument; do printf '%s\\n' "$argument"; done
`;

let volume: string;
beforeEach(async () => {
  volume = await mkdtemp('/tmp/toygres-start-');
  await mkdir(path.join(volume, 'bin'));
  await writeFile(path.join(volume, 'bin/postgres'), POSTGRES);
  await chmod(path.join(volume, 'bin/postgres'), 0o755);
  await mkdir(path.join(volume, 'pgdata'));
  await writeFile(path.join(volume, 'pgdata/PG_VERSION'), '17\n');
});
afterEach(() => rm(volume, { recursive: true, force: true }));

const environment = () => ({
  PATH: `${volume}/bin:/usr/bin:/bin`,
  PGDATA: `${volume}/pgdata`,
  TOYGRES_MAJOR: '17',
  TOYGRES_NAME: 'orders-0a1b2c3d',
});

/** Starts a server of version 17 that is none, and gives how it was called and what was said. */
function start(change: Record<string, string> = {}): Promise<{ code: number; words: string[]; said: string }> {
  const env = { ...environment(), TOYGRES_IMAGE_TYPE: 'PG_DURABLE', PRELOADED: '', ...change };
  return new Promise((resolve) => {
    execFile('sh', [SCRIPT], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), words: stdout.trim().split('\n'), said: stderr });
    });
  });
}
const libraries = (words: readonly string[]) => words.filter((word) => word.startsWith('shared_preload_libraries='));

describe('a PG_DURABLE server', () => {
  test('is started with the library, its database and its role on the command line, where no file can change them', async () => {
    const { words } = await start();
    expect(libraries(words)).toEqual(['shared_preload_libraries=pg_durable']);
    expect(words).toEqual(expect.arrayContaining(['pg_durable.database=postgres', 'pg_durable.worker_role=postgres']));
  });

  test.each([
    ['pg_stat_statements', 'pg_stat_statements,pg_durable'],
    ['pg_stat_statements, auto_explain', 'pg_stat_statements, auto_explain,pg_durable'],
    ['pg_durable', 'pg_durable'],
    ['auto_explain, pg_durable', 'auto_explain, pg_durable'],
    ['"pg_durable"', '"pg_durable"'],
    ['pg_durable_other', 'pg_durable_other,pg_durable'],
  ])('keeps the libraries that its users set: %s', async (preloaded, expected) => {
    expect(libraries((await start({ PRELOADED: preloaded })).words)).toEqual([`shared_preload_libraries=${expected}`]);
  });
});

test('a STOCK server is started without any of it', async () => {
  const { words } = await start({ TOYGRES_IMAGE_TYPE: 'STOCK', PRELOADED: 'pg_stat_statements' });
  expect(words.join('\n')).not.toMatch(/pg_durable|shared_preload/);
  expect(words).toEqual(expect.arrayContaining(['hba_file=/config/pg_hba.conf', 'cluster_name=orders-0a1b2c3d']));
});

test.each([
  ['SIGINT', 3],
  ['SIGTERM', 4],
  ['SIGQUIT', 5],
] as const)('passes %s on to the server, waits for it, and ends as it does', async (signal, code) => {
  await writeFile(
    path.join(volume, 'bin/postgres'),
    `#!/usr/bin/perl
# As PostgreSQL does, and a shell cannot, it takes signals that it was started without.
for ([INT => 3], [TERM => 4], [QUIT => 5]) { my ($name, $code) = @$_; $SIG{$name} = sub { sleep 1; exit $code } }
$| = 1;
# Whatever becomes of the script, nothing stays.
my $parent = getppid();
print "ready\\n";
sleep 1 while getppid() == $parent;
`,
  );
  const child = spawn('sh', [SCRIPT], { env: { ...environment(), TOYGRES_IMAGE_TYPE: 'STOCK' } });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill(signal);
  expect(await ended).toEqual([code, null]);
});

test('asked to end while it makes a cluster, it ends that first, and leaves nothing that looks like one', async () => {
  await rm(path.join(volume, 'pgdata'), { recursive: true });
  const initdb = path.join(volume, 'bin/initdb');
  await writeFile(initdb, `#!/bin/sh\ntrap 'echo ended; exit 1' TERM\necho making\nwhile :; do sleep 0.1; done\n`);
  await chmod(initdb, 0o755);
  const child = spawn('sh', [SCRIPT], { env: { ...environment(), TOYGRES_IMAGE_TYPE: 'STOCK' } });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes;
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
  expect(said).toBe('making\nended\n');
  expect(existsSync(path.join(volume, 'pgdata'))).toBe(false);
});

describe('a volume of something else is refused for good, and says why', () => {
  test('of another version', async () => {
    const { code, said } = await start({ TOYGRES_MAJOR: '15' });
    expect([code, said]).toEqual([78, expect.stringMatching(/FATAL: {2}.*PostgreSQL 17.*PostgreSQL 15/)]);
  });

  test('with a restore that was not finished', async () => {
    await mkdir(path.join(volume, 'pgdata-restoring'));
    const { code, said } = await start();
    expect([code, said]).toEqual([78, expect.stringContaining('not finished')]);
  });

  test('with other files in the place of the cluster', async () => {
    await rm(path.join(volume, 'pgdata/PG_VERSION'));
    const { code, said } = await start();
    expect([code, said]).toEqual([78, expect.stringContaining('no cluster')]);
  });
});

describe('the parameters of an instance', () => {
  test('come before ours, one word each, as they are', async () => {
    const value = `custom.words=it's "$(id)" \`id\` \\ = $HOME -c port=1`;
    const { words } = await start({ TOYGRES_IMAGE_TYPE: 'STOCK', TOYGRES_PARAMETERS: `work_mem=9MB\n${value}\n` });
    expect(words.slice(0, 6)).toEqual(['-D', `${volume}/pgdata`, '-c', 'work_mem=9MB', '-c', value]);
    expect(words.indexOf('port=5432')).toBeGreaterThan(words.indexOf(value));
  });

  test('may be none', async () => {
    const { words } = await start({ TOYGRES_IMAGE_TYPE: 'STOCK' });
    expect(words.slice(2, 4)).toEqual(['-c', 'config_file=/config/postgresql.conf']);
  });
});

describe('the certificate of a server', () => {
  test.each([
    ['only', 'hba_file=/config/pg_hba_tls.conf', true],
    ['on', 'hba_file=/config/pg_hba.conf', true],
    ['off', 'hba_file=/config/pg_hba.conf', false],
  ])('is used as TOYGRES_TLS says: %s', async (TOYGRES_TLS, hba, encrypted) => {
    const { words } = await start({ TOYGRES_IMAGE_TYPE: 'STOCK', TOYGRES_TLS });
    expect(words).toContain(hba);
    expect(words.includes('ssl=on')).toBe(encrypted);
    expect(words.includes('ssl_key_file=/tls/tls.key')).toBe(encrypted);
  });
});
