import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import type { ScriptEnd } from '../../support/job-script.ts';
import { killProcess, readProcessTree, stopProcess } from '../../support/process-tree.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;

/** Rows that do not compress and take a dump some seconds. */
const BIG_TABLE = `CREATE TABLE big AS SELECT i, string_agg(sha512((i * 1000 + j)::text::bytea), '' ORDER BY j) AS raw
  FROM generate_series(1, 12000) i, generate_series(1, 100) j GROUP BY i;
  ALTER TABLE big ALTER COLUMN raw SET STORAGE EXTERNAL;
  CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION f() OWNER TO fleeting`;

beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
  await source.query('postgres', `CREATE ROLE fleeting`);
  await source.query('postgres', `CREATE DATABASE shop`);
  await source.query('shop', BIG_TABLE);
});

afterAll(() => harness.stop());

const DUMPING = /^shop: dumping public\.big$/;

/** Failed, said why last, also to who follows the log, and gave no result. */
function expectFailure(end: ScriptEnd, status: number, cause: RegExp): void {
  expect(end.errors.at(-1)).toMatch(cause);
  expect(end.lines).toContain(`error: ${end.errors.at(-1)}`);
  expect(end).toMatchObject({ exitCode: status, results: [] });
}

/** As a second attempt, which has pg_dump compress: slow enough for something to happen meanwhile. */
async function start(id: string) {
  return harness.runner.start('backup.sh', { ...harness.backupRun(source, id), attempt: 2 });
}

test('a password that was changed by SQL ends the backup for good and says how to mend it', async () => {
  const { end } = await harness.backup(source, { secrets: { password: 'an older one' } });
  expectFailure(end, 78, /recorded password of role postgres no longer logs in.*ALTER ROLE/);
});

test('a server that is not there is an error that another attempt may mend', async () => {
  const { end } = await harness.backup(source, { parameters: { PGPORT: String(await freePort()) } });
  expectFailure(end, 1, /server cannot be reached.*Connection refused/);
});

test('databases that take no connections are named and end the backup for good', async () => {
  await source.query('postgres', 'CREATE DATABASE "clo\'sed" ALLOW_CONNECTIONS false');
  const { end } = await harness.backup(source);
  await source.query('postgres', 'DROP DATABASE "clo\'sed"');
  expectFailure(end, 78, /take no connections.*clo'sed/);
});

test('a pg_dump that is killed in the middle fails the backup', async () => {
  const run = await start('killed-dump');
  await run.untilLine(DUMPING);
  await killProcess(run.pid, /^pg_dump /);
  expectFailure(await run.ended, 1, /dump of database shop was cut off: pg_dump was ended by signal 9/);
  expect(await readProcessTree(run.pid)).toEqual([]);
});

test('a connection that the server cuts in the middle fails the backup with its words', async () => {
  const run = await start('cut');
  await run.untilLine(DUMPING);
  await source.query('postgres', `SELECT pg_terminate_backend(pid) FROM pg_stat_progress_copy`);
  expectFailure(
    await run.ended,
    1,
    /database shop failed: .*(terminating connection due to administrator command|server closed the connection unexpectedly)/,
  );
});

test('the session that holds the snapshot fails the backup with the name of the database when it is cut', async () => {
  const run = await start('cut-session');
  await run.untilLine(DUMPING);
  // So that it cannot end before the loss is noticed.
  await stopProcess(run.pid, /^pg_dump /);
  await source.query(
    'postgres',
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop' AND application_name = 'toygres'`,
  );
  expectFailure(await run.ended, 1, /^the dump of database shop failed: .*administrator command/);
});

test('a role that is dropped while its objects are dumped is named', async () => {
  const run = await start('role');
  // What is changed while definitions are read has the database dumped again; this comes after.
  await run.untilLine(/"message":"dumping public\.big"/);
  await source.query('shop', 'ALTER FUNCTION f() OWNER TO postgres; DROP ROLE fleeting');
  const end = await run.ended;
  await source.query('shop', 'CREATE ROLE fleeting; ALTER FUNCTION f() OWNER TO fleeting');
  expectFailure(end, 1, /role fleeting was dropped or renamed.*shop names it/);
});

test('SIGTERM ends the script and everything it started', async () => {
  const run = await start('terminated');
  await run.untilLine(DUMPING);
  const before = await readProcessTree(run.pid);
  expect(before.some((one) => one.command.startsWith('pg_dump '))).toBe(true);
  run.signal('SIGTERM');
  const end = await run.ended;
  expectFailure(end, 143, /ended by signal TERM/);
  const alive = await Promise.all(before.map((one) => readProcessTree(one.pid)));
  expect(alive.flat()).toEqual([]);
});

test('a leave that does not let it write fails the backup with the reason of the store', async () => {
  const { end } = await harness.backup(source, { secrets: { sas: 'sv=2024-01-01&sp=r&sig=bm9uZQ%3D%3D' } });
  expectFailure(end, 1, /the blob store refused .*(403|authenticat|authoriz)/i);
});

// Only root may mount a disk small enough to be full.
test.skipIf(process.getuid?.() !== 0)('a full disk is the cause that is told', async () => {
  const scratchParent = await harness.runner.makeDirectory('small');
  const inside = [
    'mount',
    '-t',
    'tmpfs',
    '-o',
    `size=48m,mode=0700,uid=${harness.runner.identity?.uid ?? 0}`,
    'tmpfs',
    scratchParent,
  ];
  execFileSync(inside[0] ?? '', inside.slice(1));
  try {
    const { end } = await harness.backup(source, { scratchParent });
    expectFailure(end, 1, /No space left on device/);
  } finally {
    execFileSync('umount', ['--lazy', scratchParent]);
  }
});

test('no secret is printed, stands in an environment, or on a command line', async () => {
  const sas = harness.backupRun(source, 'secrets').secrets.sas ?? '';
  const signature = /sig=([^&]+)/.exec(sas)?.[1] ?? sas;
  const wanted = harness.backupRun(source, 'secrets', { secrets: { sas } });
  const run = await harness.runner.start('backup.sh', { ...wanted, attempt: 2 });
  let ended = false;
  const end = run.ended.finally(() => {
    ended = true;
  });
  const seen = new Set<string>();
  while (!ended) {
    for (const one of await readProcessTree(run.pid)) {
      seen.add(one.command.split(' ')[0] ?? '');
      expect(one.environment + one.command).not.toContain(source.password);
      expect(one.environment).not.toContain(signature);
      expect(one.command).not.toContain(signature);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { lines, exitCode, scratchDirectory } = await end;
  expect(exitCode).toBe(0);
  expect([...seen]).toEqual(expect.arrayContaining(['pg_dump']));
  expect(lines.join('\n')).not.toContain(source.password);
  expect(lines.join('\n')).not.toContain(signature);
  // grep's status 1: found nowhere.
  expect(spawnSync('grep', ['-rlF', signature, scratchDirectory])).toMatchObject({ status: 1 });
});

test('progress goes forward, in order of phases, to exactly the end of each', async () => {
  const { end } = await harness.backup(source);
  expect(end.exitCode).toBe(0);
  expect([...new Set(end.progress.map((one) => one.phase))]).toEqual(['dump', 'hash', 'upload']);
  for (const phase of ['dump', 'hash', 'upload']) {
    const own = end.progress.filter((one) => one.phase === phase);
    const done = own.map((one) => one.bytesDone ?? -1);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(own.at(-1)).toMatchObject({ bytesDone: own[0]?.bytesTotal, bytesTotal: own[0]?.bytesTotal });
  }
  expect(end.lines.some((line) => DUMPING.test(line))).toBe(true);
  // A quick dump is over before anything is said in its middle.
  const said = end.progress.flatMap(({ phase, message }) => (phase === 'dump' && message !== null ? [message] : []));
  expect(said.filter((message) => !/^dump(ing|ed) /.test(message))).toEqual([]);
  expect(end.lines.at(-1)).toMatch(/^::toygres:: result /);
});

test('a source that crashes in the middle of the dump fails the backup', async () => {
  const run = await start('crash');
  await run.untilLine(DUMPING);
  await source.kill();
  expectFailure(
    await run.ended,
    1,
    /database shop failed: .*(server closed the connection|terminating connection|connection was probably lost|could not)/,
  );
});
