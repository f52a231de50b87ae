import pg from 'pg';
import { createSession, type ReadPassword } from './session.ts';
import { explainUnusable } from './unusable.ts';

/** Who a connection is, as the database knows it: a URL may leave it out. Throws as migrations do. */
export async function readRole(url: string, readPassword: ReadPassword | null = null): Promise<string> {
  const client = createSession({ url, applicationName: 'toygres migrations', pooled: true, readPassword });
  try {
    await client.connect();
    const { rows } = await client.query<{ role: string }>('SELECT current_user AS role');
    return rows[0]?.role ?? '';
  } catch (error) {
    throw explainUnusable(error, url);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Tables that the service adds to and never changes. */
const APPENDED = ['cms.audit_entries'];

/**
 * Gives a role what running the service needs on tables that another role owns: rows, no definitions, and of the audit log
 * reading and adding alone. The queue's schema is the service's own to fill. Again: no effect. No effect either for the
 * role that migrates, which owns everything.
 */
export async function grantService(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query<{ role: string }>('SELECT current_user AS role');
  if (rows[0]?.role === role) return;
  const to = pg.escapeIdentifier(role);
  await client.query(`
    GRANT USAGE ON SCHEMA cms, drizzle TO ${to};
    GRANT USAGE, CREATE ON SCHEMA pgboss TO ${to};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA cms TO ${to};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA cms TO ${to};
    GRANT SELECT ON ALL TABLES IN SCHEMA drizzle TO ${to};
    REVOKE UPDATE, DELETE, TRUNCATE ON ${APPENDED.join(', ')} FROM ${to}`);
}
