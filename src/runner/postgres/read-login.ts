import type { Login } from '../../guarded-postgres/session.ts';
import { type Attempt, requireParameter, requireSecret } from '../attempt/attempt.ts';

/** How the job logs in to its source, and what that must show. Throws a final failure for what is missing. */
export async function readLogin(attempt: Attempt): Promise<Login> {
  const port = Number(requireParameter(attempt, 'PGPORT', /[0-9]+/));
  const host = requireParameter(attempt, 'PGHOST', /.+/s);
  const user = requireParameter(attempt, 'PGUSER', /.+/s);
  const login = { host, port, user, password: await requireSecret(attempt, 'password') };
  const { TOYGRES_SERVER_NAME: name = '', TOYGRES_SERVER_AUTHORITIES: trusted = '' } = attempt.parameters;
  return name === '' ? login : { ...login, identity: { name, trusted } };
}
