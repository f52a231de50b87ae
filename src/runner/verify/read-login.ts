import type { Login } from '../../guarded-postgres/session.ts';
import { type Attempt, requireParameter, requireSecret } from '../attempt/attempt.ts';

/** The server of a drill, and who asks it. Throws a final failure for a parameter that is missing or not understood. */
export async function readLogin(attempt: Attempt): Promise<Login> {
  const port = Number(requireParameter(attempt, 'PGPORT', /[0-9]+/));
  const host = requireParameter(attempt, 'PGHOST', /.+/s);
  const user = requireParameter(attempt, 'PGUSER', /.+/s);
  return { host, port, user, password: await requireSecret(attempt, 'password') };
}

/** Sessions at once. */
export function readWidth(attempt: Attempt): number {
  return Number(requireParameter(attempt, 'TOYGRES_PARALLEL', /[1-9]|[1-5][0-9]|6[0-4]/));
}
