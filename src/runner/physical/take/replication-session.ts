import pg from 'pg';
import { GuardedConnection } from '../../../guarded-postgres/guarded-connection.ts';
import { writeOptions } from '../../../guarded-postgres/pinned-settings.ts';
import { RawName } from '../../../guarded-postgres/raw-name.ts';
import { ServerError, SessionLostError } from '../../../guarded-postgres/server-error.ts';
import type { Login } from '../../../guarded-postgres/session.ts';
import { buildTls } from '../../../guarded-postgres/verified-tls.ts';
import type { BaseBackupQuery } from './base-backup-query.ts';

const APPLICATION = 'toygres base backup';
const CONNECT_MS = 30_000;
const SETTINGS = { statement_timeout: '0', lock_timeout: '0', lc_messages: 'C', log_replication_commands: 'off' };

/** A session of the streaming replication protocol. */
export interface ReplicationSession {
  begin(query: BaseBackupQuery): void;
  /** At once: what it was in the middle of fails. */
  close(): void;
}

/** Opens one, guarded as all sessions are. Throws ServerError or SessionLostError. */
export async function openReplication(login: Login): Promise<ReplicationSession> {
  const ssl = login.identity === undefined ? false : buildTls(login.identity);
  const connection = new GuardedConnection(
    {
      user: login.user,
      database: RawName.of(''),
      applicationName: APPLICATION,
      options: writeOptions(SETTINGS),
      isReplication: true,
    },
    { ssl },
  );
  const client = new pg.Client({
    host: login.host,
    port: login.port,
    user: login.user,
    password: () => login.password,
    database: '',
    ssl,
    sslnegotiation: 'postgres',
    connectionTimeoutMillis: CONNECT_MS,
    connection,
  } as pg.ClientConfig);
  // A query that is under way is told of it by itself.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    connection.destroy();
    throw asCause(error);
  }
  return {
    begin: (query) => void client.query(query),
    close: () => connection.destroy(),
  };
}

function asCause(error: unknown): Error {
  if (error instanceof ServerError || error instanceof SessionLostError) return error;
  if (error instanceof pg.DatabaseError) return new ServerError(error);
  const text = error instanceof Error ? error.message : '';
  return new SessionLostError(text === '' ? 'the connection failed' : text, { cause: error });
}
