import { z } from 'zod';
import type { Session } from '../../../guarded-postgres/session.ts';
import { quoteLiteral, sql } from '../../../guarded-postgres/sql.ts';
import type { Attempt } from '../../attempt/attempt.ts';
import { readDurable } from '../../catalogue/extension-state.ts';

/** The schema of the engine stands in the setting toygres.engine. */
const CANCEL = `
DO $$
DECLARE
  engine text := current_setting('toygres.engine');
  place regclass;
BEGIN
  -- Its tables are made when a worker first runs.
  IF NOT EXISTS (SELECT FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace(quote_ident(engine))) THEN
    RETURN;
  END IF;
  IF to_regclass(format('%I.executions', engine)) IS NULL OR to_regclass(format('%I.orchestrator_queue', engine)) IS NULL
     OR to_regclass(format('%I.worker_queue', engine)) IS NULL OR to_regclass(format('%I.instances', engine)) IS NULL THEN
    RAISE EXCEPTION 'the engine of this pg_durable keeps its work in another way than is known here, so its functions cannot be cancelled before they run';
  END IF;
  EXECUTE format($sql$
    CREATE TEMP TABLE unfinished ON COMMIT DROP AS
    WITH RECURSIVE open AS (
      SELECT instance_id FROM %1$I.executions
      WHERE status NOT IN ('Completed', 'Failed', 'ContinuedAsNew', 'Terminated')
      UNION SELECT i.instance_id FROM %1$I.instances i
      WHERE NOT EXISTS (SELECT FROM %1$I.executions e WHERE e.instance_id = i.instance_id)
      UNION SELECT id FROM df.instances WHERE status NOT IN ('completed', 'failed', 'cancelled')
    ), family AS (
      SELECT instance_id FROM open
      UNION SELECT i.instance_id FROM %1$I.instances i JOIN family f ON f.instance_id = i.parent_instance_id
    )
    SELECT instance_id FROM family $sql$, engine);
  EXECUTE format('DELETE FROM %1$I.orchestrator_queue', engine);
  EXECUTE format('DELETE FROM %1$I.worker_queue', engine);
  FOR place IN
    SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = to_regnamespace(quote_ident(engine)) AND a.attname = 'instance_id'
      AND c.relname NOT IN ('instances', 'executions')
  LOOP
    EXECUTE format('DELETE FROM %s WHERE instance_id IN (SELECT instance_id FROM pg_temp.unfinished)', place);
  END LOOP;
  EXECUTE format($sql$
    UPDATE %1$I.executions SET status = 'Failed', output = 'cancelled when it was restored from an image', completed_at = now()
    WHERE instance_id IN (SELECT instance_id FROM pg_temp.unfinished)
      AND status NOT IN ('Completed', 'Failed', 'ContinuedAsNew', 'Terminated') $sql$, engine);
END $$`;

/**
 * Ends every durable function of this database that has not ended, where no worker runs: none of them is to do one step
 * more. They stay to be seen, as cancelled. Does nothing in a database without pg_durable.
 */
export async function cancelDurableFunctions({ report }: Pick<Attempt, 'report'>, session: Session): Promise<void> {
  const durable = await readDurable(session);
  if (durable === null) return;
  await session.run('BEGIN');
  await session.run(sql`SELECT set_config('toygres.engine', ${quoteLiteral(durable.engine)}, true)`);
  await session.run(CANCEL, null);
  const [row] = await session.ask({
    sql: `WITH cancelled AS (
            UPDATE df.instances SET status = 'cancelled', updated_at = now(), completed_at = coalesce(completed_at, now())
            WHERE status NOT IN ('completed', 'failed', 'cancelled') RETURNING id)
          SELECT count(*)::text FROM cancelled`,
    row: z.tuple([z.string()]),
  });
  await session.run('COMMIT');
  const count = row?.[0] ?? '0';
  if (count !== '0')
    report.notice(`${count} durable functions that had not ended were cancelled: the source runs them`);
}
