import * as z from 'zod';
import { ACTING_SUBSCRIPTIONS } from '../../../jobs/ports/source-facts.ts';
import { hexName } from '../../guarded-postgres/raw-name.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import type { Report } from '../attempt/attempt.ts';
import { count } from './columns.ts';

const Enabled = z.tuple([hexName, count]).transform(([database, enabled]) => ({ database: database.text, enabled }));
const ENABLED = `
  SELECT encode(textsend(d.datname::text), 'hex'), count(*) FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
  WHERE s.subenabled GROUP BY d.datname ORDER BY d.datname`;

/** Tells of each database of the server that has subscriptions at work: who restores the image decides on them. */
export async function tellSubscriptions(session: Session, report: Pick<Report, 'finding'>): Promise<void> {
  for (const { database, enabled } of await session.ask({ sql: ENABLED, row: Enabled })) {
    report.finding({
      code: 'BACKGROUND_WORK_HELD',
      severity: 'INFO',
      database,
      object: ACTING_SUBSCRIPTIONS,
      message: `${enabled === 1 ? '1 enabled subscription' : `${enabled} enabled subscriptions`}: a restore decides whether changes are taken in the copy as well`,
      remedy: null,
    });
  }
}
