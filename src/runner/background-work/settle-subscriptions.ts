import * as z from 'zod';
import { hexName, type RawName } from '../../guarded-postgres/raw-name.ts';
import { ServerError } from '../../guarded-postgres/server-error.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import { quoteIdentifier, type Sql, sql } from '../../guarded-postgres/sql.ts';
import { writeName } from '../../guarded-postgres/written-name.ts';
import type { Report } from '../attempt/attempt.ts';
import { describeHeld, enable, enableWithSlot, makeSlot, namesOfSlots } from './held-subscriptions.ts';
import { quietly } from './quietly.ts';
import type { BackgroundWork } from './settle-cron-jobs.ts';

const Subscription = z
  .tuple([hexName, z.enum(['t', 'f'])])
  .transform(([name, enabled]) => ({ name, isEnabled: enabled === 't' }));
const SUBSCRIPTIONS = `
  SELECT pg_catalog.encode(pg_catalog.textsend(subname::pg_catalog.text), 'hex'), subenabled FROM pg_catalog.pg_subscription
  WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) ORDER BY subname`;

/**
 * Subscriptions of this database. Held: none is enabled. Let run: those that were enabled on the source are, by their names with one byte a character. With the files of
 * a cluster (null) they come as they were; held, they give up their slots, which are the source's.
 */
export async function settleSubscriptions(
  session: Session,
  database: string,
  wish: BackgroundWork,
  enabledOnSource: readonly string[] | null,
  report: Report,
): Promise<void> {
  await quietly(session, () => settleEach(session, database, wish, enabledOnSource, report));
}

async function settleEach(
  session: Session,
  database: string,
  wish: BackgroundWork,
  enabledOnSource: readonly string[] | null,
  report: Report,
): Promise<void> {
  const held: RawName[] = [];
  const slotOf = namesOfSlots();
  for (const { name, isEnabled } of await session.ask({ sql: SUBSCRIPTIONS, row: Subscription })) {
    const identifier = quoteIdentifier(name);
    const remedy = enable(name);
    const tell = (message: string, way: string) =>
      report.finding({
        code: 'BACKGROUND_WORK_HELD',
        severity: 'INFO',
        database,
        object: writeName(name),
        message,
        remedy: way,
      });
    if (wish === 'RUN') {
      if (isEnabled || enabledOnSource?.includes(name.key) !== true) continue;
      const refusal = await attempt(session, sql`ALTER SUBSCRIPTION ${identifier} ENABLE`);
      if (refusal === null)
        report.notice(`database ${database}: subscription ${writeName(name)} is enabled here as on the source`);
      else tell(`subscription ${writeName(name)} cannot be enabled: ${refusal.words}`, remedy);
    } else if (isEnabled || enabledOnSource === null) {
      // The slot belongs to the subscription of the source: dropping the copy's must not take it away.
      const refusal =
        (await attempt(session, sql`ALTER SUBSCRIPTION ${identifier} DISABLE`)) ??
        (await attempt(session, sql`ALTER SUBSCRIPTION ${identifier} SET (slot_name = NONE)`));
      if (refusal !== null) {
        report.finding({
          code: 'BACKGROUND_WORK_HELD',
          severity: 'WARNING',
          database,
          object: writeName(name),
          message: `subscription ${writeName(name)} cannot be held, and takes changes in the copy: ${refusal.words}`,
          remedy: `ALTER SUBSCRIPTION ${writeName(name)} DISABLE; ALTER SUBSCRIPTION ${writeName(name)} SET (slot_name = NONE);`,
        });
        continue;
      }
      const slot = slotOf(held.push(name) - 1);
      tell(
        'the subscription is disabled here and has given up its slot, which is the one of the source',
        `${makeSlot(slot)} on the server that it takes its changes from, then here ${enableWithSlot(name, slot)}`,
      );
    } else {
      held.push(name);
      tell(
        `subscription ${writeName(name)} is held: it is there and disabled, so that it takes no changes from the source's slot`,
        remedy,
      );
    }
  }
  if (held.length === 0) return;
  const ran = enabledOnSource === null ? null : held.filter(({ key }) => enabledOnSource.includes(key));
  report.notice(`database ${database}: ${describeHeld(held, ran, slotOf)}`);
}

async function attempt(session: Session, statement: Sql): Promise<ServerError | null> {
  try {
    await session.run(statement);
    return null;
  } catch (error) {
    if (error instanceof ServerError) return error;
    throw error;
  }
}
