import * as z from 'zod';
import type { Session } from '../../../guarded-postgres/session.ts';
import { quoteLiteral, sql } from '../../../guarded-postgres/sql.ts';
import type { Attempt } from '../../attempt/attempt.ts';
import { quietly } from '../../background-work/quietly.ts';
import { readDurable } from '../../catalogue/extension-state.ts';
import { CANCEL_FUNCTIONS, COUNT_CANCELLED } from '../../restore/durable/cancel-functions.ts';

/**
 * Ends every durable function of this database that has not ended, where no worker runs: none of them is to do one step
 * more. They stay to be seen, as cancelled. Does nothing in a database without pg_durable.
 */
export async function cancelDurableFunctions({ report }: Pick<Attempt, 'report'>, session: Session): Promise<void> {
  const durable = await readDurable(session);
  if (durable === null) return;
  const [row] = await quietly(session, async () => {
    await session.run('BEGIN');
    await session.run(sql`SELECT set_config('toygres.engine', ${quoteLiteral(durable.engine)}, true)`);
    await session.run(CANCEL_FUNCTIONS, null);
    const answer = await session.ask({ sql: COUNT_CANCELLED, row: z.tuple([z.string()]) });
    await session.run('COMMIT');
    return answer;
  });
  const count = row?.[0] ?? '0';
  if (count !== '0')
    report.notice(`${count} durable functions that had not ended were cancelled: the source runs them`);
}
