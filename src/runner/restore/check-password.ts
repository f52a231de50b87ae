import { ServerError } from '../../guarded-postgres/server-error.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import { quoteLiteral, sql } from '../../guarded-postgres/sql.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { JobFailure } from '../attempt/failure.ts';
import { quoteName } from '../load/entries/object-name.ts';
import { describeError } from '../postgres/describe-error.ts';
import { LOGIN_CHECK, type ThrowawayServer } from '../server/throwaway-server.ts';

const NO_SUCH_DATABASE = '3D000';

/** The recorded password logs in, as it did on the source; only where it does not, it is set. */
export async function checkPassword(
  { report }: Attempt,
  server: ThrowawayServer,
  session: Session,
  superuser: string,
  password: string,
): Promise<void> {
  try {
    await (await server.open(LOGIN_CHECK, {}, password)).close();
    return;
  } catch (error) {
    if (error instanceof ServerError && error.code === NO_SUCH_DATABASE) return;
  }
  try {
    await session.run(sql`ALTER ROLE ${Buffer.from(quoteName(superuser))} PASSWORD ${quoteLiteral(password)}`);
  } catch (cause) {
    throw new JobFailure(`the recorded password could not be set: ${describeError(cause)}`, { cause });
  }
  report.notice(`the password of role ${superuser} in the image was another; it is the recorded one now`);
}
