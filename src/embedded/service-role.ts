import pg from 'pg';
import { createSession } from '../db/session.ts';
import { buildScramVerifier } from '../secrets/scram-verifier.ts';

/** The role that the service works as; it owns nothing but its queue. */
export const SERVICE_ROLE = 'toygres_service';

/** Before there was this role the queue was made by the one that owns everything: it is the service's own to change. */
const GIVE_QUEUE = `
  DO $$
  DECLARE given record;
  BEGIN
    FOR given IN
      SELECT format('ALTER %s pgboss.%I OWNER TO ${SERVICE_ROLE}',
        CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
        c.relname) AS statement
      FROM pg_catalog.pg_class c
      WHERE c.relnamespace = to_regnamespace('pgboss') AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
        AND pg_get_userbyid(c.relowner) <> '${SERVICE_ROLE}'
        -- One that a column owns goes with its table.
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
      UNION ALL
      SELECT format('ALTER ROUTINE %s OWNER TO ${SERVICE_ROLE}', p.oid::regprocedure)
      FROM pg_catalog.pg_proc p
      WHERE p.pronamespace = to_regnamespace('pgboss') AND pg_get_userbyid(p.proowner) <> '${SERVICE_ROLE}'
      UNION ALL
      SELECT format('ALTER TYPE pgboss.%I OWNER TO ${SERVICE_ROLE}', t.typname)
      FROM pg_catalog.pg_type t
      WHERE t.typnamespace = to_regnamespace('pgboss') AND t.typtype IN ('e', 'd')
        AND pg_get_userbyid(t.typowner) <> '${SERVICE_ROLE}'
    LOOP
      EXECUTE given.statement;
    END LOOP;
  END $$`;

/**
 * Sees to it that the embedded database has the role that the service works as, with this password, beside the one that
 * owns its schemas; gives it the queue that an earlier release made. Again: no effect.
 */
export async function ensureServiceRole(ownerUrl: string, password: string): Promise<void> {
  const client = createSession({ url: ownerUrl, applicationName: 'toygres start' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query('SELECT FROM pg_catalog.pg_roles WHERE rolname = $1', [SERVICE_ROLE]);
    // A verifier, so that no log of the server shows the password.
    const login = `LOGIN NOSUPERUSER PASSWORD ${pg.escapeLiteral(buildScramVerifier(password))}`;
    await client.query(`${rows.length === 0 ? 'CREATE' : 'ALTER'} ROLE ${SERVICE_ROLE} ${login}`);
    await client.query(GIVE_QUEUE);
  } finally {
    await client.end().catch(() => undefined);
  }
}
