import { chown, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import type { ScriptHarness } from '../script-harness.ts';
import type { SourceServer } from '../source-server.ts';

/** All that is needed of a server. */
export type Asked = Pick<SourceServer, 'query'>;

/** Settings of a server with pg_durable, whose worker may come in over loopback. */
export async function durableSettings({ runner }: Pick<ScriptHarness, 'runner'>): Promise<Record<string, string>> {
  const hba = path.join(await runner.makeDirectory('hba'), 'pg_hba.conf');
  await writeFile(hba, 'host all all 127.0.0.1/32 trust\n');
  if (runner.identity !== null) await chown(hba, runner.identity.uid, runner.identity.gid);
  return {
    hba_file: hba,
    shared_preload_libraries: 'pg_durable',
    'pg_durable.database': 'postgres',
    'pg_durable.worker_role': 'postgres',
    'pg_durable.enable_superuser_instances': 'on',
  };
}

/** Waits until the worker has run its engine for the first time. */
export async function untilWorkerRuns(server: Asked): Promise<void> {
  await eventually(
    () =>
      server
        .query('postgres', `SELECT FROM df._worker_epoch WHERE last_seen_at > now() - interval '20 s'`)
        .catch(() => []),
    (rows) => rows.length > 0,
  );
}

/** Creates the extension and a table `done` that functions write into, and waits for the worker. */
export async function prepareDurable(server: Asked): Promise<void> {
  await server.query('postgres', 'CREATE EXTENSION pg_durable; CREATE TABLE public.done (what text)');
  await untilWorkerRuns(server);
}

/** A step that writes a row. */
export const writes = (what: string) => ({ sql: `INSERT INTO public.done VALUES ('${what}')` });

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Starts a function of these steps, as the role if one is given; answers with its id. */
export async function startFunction(
  server: Asked,
  label: string,
  steps: readonly object[],
  role = 'postgres',
): Promise<string> {
  const start = `df.start(${literal(JSON.stringify(steps))}, ${literal(label)})`;
  const rows = await server.query('postgres', `SET ROLE ${role}; SELECT ${start} AS id`);
  return String(rows[0]?.id);
}

/** What functions have written, in the order of words. */
export async function readDone(server: Asked): Promise<string[]> {
  const rows = await server.query('postgres', 'SELECT what FROM public.done ORDER BY what');
  return rows.map(({ what }) => String(what));
}

/** Label to status of every function that can be seen. */
export async function readFunctions(server: Asked): Promise<Record<string, string>> {
  const rows = await server.query(
    'postgres',
    'SELECT coalesce(label, id) AS name, status FROM df.instances ORDER BY label',
  );
  return Object.fromEntries(rows.map(({ name, status }) => [String(name), String(status)]));
}

/** The pid of the worker, which is a child of the server's first process and shows by its title only. */
export async function findDurableWorker(postmaster: number): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (title.includes('pg_durable_worker') && parent === postmaster) return Number(pid);
  }
  throw new Error('the worker does not run');
}
