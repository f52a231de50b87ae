import type { Session } from '../../../guarded-postgres/session.ts';
import { quoteIdentifier, sql } from '../../../guarded-postgres/sql.ts';
import { writeName } from '../../../guarded-postgres/written-name.ts';
import type { Report } from '../../attempt/attempt.ts';
import { DATABASES, type DatabaseRow } from '../../catalogue/databases.ts';
import { leftOutCheck } from '../damage.ts';

/**
 * The databases of a server that nobody keeps, each with its size and open to be read: those that take no connections are made
 * to. One that was left half dropped has no rows for anybody any more, which is told.
 */
export async function letIn(
  session: Session,
  report: Pick<Report, 'finding' | 'log'>,
): Promise<readonly DatabaseRow[]> {
  for (const { name, takesConnections, isHalfDropped } of await session.ask(DATABASES)) {
    if (isHalfDropped) {
      const message = `database ${name.text} was left half dropped, so that nobody can read it; it was not looked through`;
      report.finding(
        leftOutCheck('INFO', {
          database: name.text,
          object: null,
          message,
          remedy: `DROP DATABASE ${writeName(name)};`,
        }),
      );
    } else if (!takesConnections) {
      await session.run(sql`ALTER DATABASE ${quoteIdentifier(name)} ALLOW_CONNECTIONS true`);
      report.log(`${name.text} takes no connections, and is made to here, where nobody else comes`);
    }
  }
  return (await session.ask(DATABASES)).filter(
    ({ takesConnections, isHalfDropped }) => takesConnections && !isHalfDropped,
  );
}
