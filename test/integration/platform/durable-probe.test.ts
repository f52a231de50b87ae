import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { type DurablePrograms, makeDurablePrograms } from '../../support/durable/durable-programs.ts';
import {
  durableSettings,
  findDurableWorker,
  prepareDurable,
  untilWorkerRuns,
} from '../../support/durable/durable-server.ts';
import { createScriptRunner, type ScriptRunner } from '../../support/job-script.ts';
import { type SourceServer, startSourceServer } from '../../support/source-server.ts';

const MINUTES = 60_000;
const PASSWORD = 'a password of the tests';
let durable: DurablePrograms;
let runner: ScriptRunner;
let directory: string;
let settings: Record<string, string>;
let server: SourceServer | null = null;

beforeAll(async () => {
  durable = await makeDurablePrograms();
  runner = await createScriptRunner(durable.programs);
  settings = await durableSettings({ runner });
  directory = await runner.makeDirectory('server');
  await start({}, ['--encoding=UTF8', '--locale=C.UTF-8', '--auth=scram-sha-256']);
  await prepareDurable(started());
  await started().query('postgres', 'CREATE ROLE clerk LOGIN');
  await started().query('postgres', 'CREATE DATABASE elsewhere');
  await stop();
}, 2 * MINUTES);
afterEach(() => stop());
afterAll(async () => {
  await stop();
  await runner?.stop();
  await durable?.stop();
});

async function start(more: Record<string, string>, initdbArguments: readonly string[] | null = null): Promise<void> {
  const all = { ...settings, ...more };
  const given = { directory, password: PASSWORD, initdbArguments, settings: all, programs: durable.programs };
  server = await startSourceServer(given);
}
async function stop(): Promise<void> {
  await server?.stop();
  server = null;
}
function started(): SourceServer {
  if (server === null) throw new Error('no server runs');
  return server;
}

const ask = async () => {
  const { host, port } = started();
  const login = { username: 'postgres', password: PASSWORD };
  const facts = await createServerProbe().connect({ host, port }, login, { timeoutMs: 10_000, durable: true });
  return { running: facts.durableWorkerRunning, isOff: facts.durableWorkerIsOff, detail: facts.durableWorkerDetail };
};

it(
  'a worker that beats is alive',
  async () => {
    await start({});
    await untilWorkerRuns(started());
    await expect.poll(ask).toEqual({ running: true, isOff: false, detail: null });
  },
  MINUTES,
);

it.each([
  ['refuses to start', { 'pg_durable.max_duroxide_connections': '1' }, /max_duroxide_connections is 1, and it needs 2/],
  ['is no superuser', { 'pg_durable.worker_role': 'clerk' }, /role "clerk" .* is no superuser/],
  ['has no role', { 'pg_durable.worker_role': 'nobody' }, /role "nobody" .* does not exist/],
  ['has no extension in its database', { 'pg_durable.database': 'elsewhere' }, /missing in database "elsewhere"/],
  ['has no database', { 'pg_durable.database': 'nowhere' }, /no database "nowhere"/],
  ['was not loaded', { shared_preload_libraries: '' }, /not among the shared_preload_libraries/],
])(
  'a worker that %s does not run, and that is the reason found',
  async (_, more, reason) => {
    await start(more);
    expect(await ask()).toEqual({ running: false, isOff: true, detail: expect.stringMatching(reason) });
  },
  MINUTES,
);

it(
  'a worker that pg_hba.conf asks for a password fails with that, and the line is named',
  async () => {
    await start({ hba_file: `${directory}/pgdata/pg_hba.conf` });
    expect(await ask()).toEqual({
      running: false,
      isOff: false,
      detail: expect.stringMatching(
        /^Password authentication failed: .* line \d+ of pg_hba\.conf asks for scram-sha-256/,
      ),
    });
  },
  MINUTES,
);

it(
  'a worker that hangs is told by the age of its heartbeat',
  async () => {
    await start({});
    await untilWorkerRuns(started());
    const postmaster = Number((await readFile(`${directory}/pgdata/postmaster.pid`, 'utf8')).split('\n')[0]);
    const pid = await findDurableWorker(postmaster);
    process.kill(pid, 'SIGSTOP');
    try {
      await started().query('postgres', `UPDATE df._worker_epoch SET last_seen_at = now() - interval '1 hour'`);
      const { running, detail } = await ask();
      expect(running).toBe(false);
      expect(detail).toMatch(/last sign of life is 3\d{3} s old|started \d+ s ago/);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  },
  MINUTES,
);
