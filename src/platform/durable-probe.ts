import type pg from 'pg';
import * as z from 'zod';
import { askRow, type InDatabase } from './probe-client.ts';

/**
 * What is known of the background worker of pg_durable; the detail says why it does not run. Off: it is kept from running
 * at all, and waiting does not help.
 */
export interface DurableWorker {
  readonly running: boolean;
  readonly isOff: boolean;
  readonly detail: string | null;
}

/**
 * The background worker is not listed in pg_stat_activity; its heartbeat moves every 5 s, and its sessions show, by one of
 * two names depending on the release.
 */
const SESSIONS = `
  SELECT EXISTS (
    SELECT FROM pg_catalog.pg_stat_activity
    WHERE backend_type = 'pg_durable background worker' OR application_name LIKE 'pg_durable:worker:%'
  ) AS running`;
const HEARTBEAT = `
  SELECT extract(epoch FROM clock_timestamp() - max(last_seen_at))::float AS age,
    max(last_seen_at) > pg_catalog.pg_postmaster_start_time() AS "isOfThisStart"
  FROM df._worker_epoch`;
const ALIVE_S = 20;
const UNKNOWN_DATABASE = '3D000';

const SETTINGS = `
  SELECT current_setting('pg_durable.database', true) AS database,
    coalesce(current_setting('pg_durable.worker_role', true), 'postgres') AS role,
    string_to_array(regexp_replace(current_setting('shared_preload_libraries'), '[ "]', '', 'g'), ',')
      && ARRAY['pg_durable', '$libdir/pg_durable'] AS loaded,
    coalesce(current_setting('pg_durable.max_duroxide_connections', true)::int, 10) AS connections,
    current_setting('max_worker_processes')::int AS processes,
    (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_setting('pg_durable.worker_role', true)) AS superuser,
    extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float AS uptime`;

const EXTENSION = `
  SELECT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_durable') AS present,
    to_regclass('df._worker_epoch') IS NOT NULL AS beats`;

/** The rule of pg_hba.conf that a connection of the worker meets: the first that fits decides. */
const LOOPBACK_RULE = `
  SELECT line_number AS line, auth_method AS method FROM pg_catalog.pg_hba_file_rules
  WHERE error IS NULL AND type IN ('host', 'hostnossl')
    AND (database && ARRAY['all', $1::text] OR ('sameuser' = ANY (database) AND $1 = $2))
    AND user_name && ARRAY['all', $2::text]
    AND CASE WHEN address ~ '^[0-9.]+$' AND netmask ~ '^[0-9.]+$'
          THEN inet '127.0.0.1' & netmask::inet = address::inet & netmask::inet
          ELSE address IN ('all', 'samehost', 'samenet', 'localhost') END
  ORDER BY line_number LIMIT 1`;

const ALIVE: DurableWorker = { running: true, isOff: false, detail: null };
const silent = (detail: string | null): DurableWorker => ({ running: false, isOff: false, detail });
const off = (detail: string): DurableWorker => ({ running: false, isOff: true, detail });

/** What a server says of itself; nothing of it is longer than PostgreSQL's own names and settings. */
const word = z.string().max(1000);
const Running = z.object({ running: z.boolean() });
const Settings = z.object({
  database: word.nullable(),
  role: word,
  loaded: z.boolean(),
  connections: z.number().int(),
  processes: z.number().int(),
  superuser: z.boolean().nullable(),
  uptime: z.number(),
});
type Settings = Readonly<z.infer<typeof Settings>>;
const Rule = z.object({ line: z.number().int(), method: word });
const Extension = z.object({ present: z.boolean(), beats: z.boolean() });
const Heartbeat = z.object({ age: z.number().nullable(), isOfThisStart: z.boolean().nullable() });

/** What keeps the worker from starting at all, by the server's own settings; null when nothing does. */
function findRefusal({ role, loaded, connections, processes, superuser }: Settings): string | null {
  if (!loaded)
    return 'pg_durable is not among the shared_preload_libraries that the server was started with: restart it.';
  if (connections < 2) {
    return `The worker refuses to start: pg_durable.max_duroxide_connections is ${connections}, and it needs 2. Set it with ALTER SYSTEM, then restart the instance.`;
  }
  if (processes < 1) return 'max_worker_processes is 0, so no background worker is started: raise it, then restart.';
  if (superuser === null)
    return `The role "${role}" of pg_durable.worker_role does not exist: create it as a superuser.`;
  if (!superuser) return `The role "${role}" of pg_durable.worker_role is no superuser: ALTER ROLE ... SUPERUSER.`;
  return null;
}

async function findClosedDoor(client: pg.Client, { database, role }: Settings): Promise<string | null> {
  const rule = await askRow(client, Rule, LOOPBACK_RULE, [database ?? 'postgres', role]);
  if (rule === undefined) return 'pg_hba.conf has no rule that lets the worker in over 127.0.0.1.';
  if (rule.method === 'trust') return null;
  return `Password authentication failed: the worker connects over 127.0.0.1 without a password, and line ${rule.line} of pg_hba.conf asks for ${rule.method}. It must be trust there.`;
}

interface Traces {
  readonly hasDatabase: boolean;
  readonly hasExtension: boolean;
  readonly heartbeat: Readonly<z.infer<typeof Heartbeat>> | undefined;
}

async function readTraces(client: pg.Client): Promise<Traces> {
  const extension = await askRow(client, Extension, EXTENSION);
  const heartbeat = extension?.beats ? await askRow(client, Heartbeat, HEARTBEAT) : undefined;
  return { hasDatabase: true, hasExtension: extension?.present === true, heartbeat };
}

const NO_DATABASE: Traces = { hasDatabase: false, hasExtension: false, heartbeat: undefined };

/**
 * Looks whether the worker is alive, and why not. `inDatabase` does its work with a connection to that database, since the
 * extension is in one only.
 */
export async function readDurableWorker(client: pg.Client, inDatabase: InDatabase): Promise<DurableWorker> {
  if ((await askRow(client, Running, SESSIONS))?.running) return ALIVE;
  const settings = await askRow(client, Settings, SETTINGS);
  if (settings === undefined) return silent(null);
  const database = settings.database ?? 'postgres';
  const { hasDatabase, hasExtension, heartbeat } = await inDatabase(database, readTraces).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === UNKNOWN_DATABASE) return NO_DATABASE;
    throw error;
  });
  const age = heartbeat?.age ?? null;
  if (age !== null && age < ALIVE_S && heartbeat?.isOfThisStart) return ALIVE;
  const refusal = findRefusal(settings);
  if (refusal !== null) return off(refusal);
  if (!hasDatabase) return off(`There is no database "${database}", which pg_durable.database names.`);
  if (!hasExtension) {
    return off(
      `The extension pg_durable is missing in database "${database}", where the worker looks for it: CREATE EXTENSION pg_durable.`,
    );
  }
  const closed = await findClosedDoor(client, { ...settings, database });
  return silent(closed ?? describeSilence(age, settings.uptime));
}

function describeSilence(age: number | null, uptime: number): string {
  if (uptime < ALIVE_S) return `The server was started ${Math.round(uptime)} s ago, and the worker has not begun yet.`;
  const since = age === null ? 'It has given no sign of life' : `Its last sign of life is ${Math.round(age)} s old`;
  return `${since}: look for pg_durable in instanceLogs.`;
}
