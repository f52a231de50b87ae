import * as z from 'zod';
import type { Finding } from '../../../jobs/ports/job-protocol.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import { askFound, type CatalogueCheck, inLetters, writeFound } from './checks/check.ts';
import { COUNTERS_START_ANEW } from './checks/counter-check.ts';
import { CRON_JOBS, EXTENSION_OBJECT_CHANGED, HAS_CRON } from './checks/extension-checks.ts';
import type { LookedAt } from './checks/look-at-rows.ts';
import { findLostRows } from './checks/lost-rows.ts';
import { MEANING_MAY_CHANGE } from './checks/meaning-check.ts';
import { OBJECT_CHECKS } from './checks/object-checks.ts';
import { findWideRows } from './checks/wide-rows.ts';
import { count, encoding, flag } from './columns.ts';

const CHECKS: readonly CatalogueCheck[] = [
  ...OBJECT_CHECKS,
  EXTENSION_OBJECT_CHANGED,
  MEANING_MAY_CHANGE,
  COUNTERS_START_ANEW,
];

/** So many objects are named by one check of one database; of the others their number. */
const NAMED_AT_MOST = 50;

const LOOK_AGAIN =
  'Take the image again when nobody holds the table, or take a PHYSICAL image, which carries all rows.';

export const PHYSICAL_INSTEAD = 'Take a PHYSICAL image, which carries it as it is.';

/**
 * What is known from the catalogue to break or to change when this database is restored from a logical image. Takes a second
 * at most for 10,000 tables. The session must not be in a transaction.
 */
export async function checkDatabase(
  session: Session,
  database: string,
  say: (finding: Finding) => void,
): Promise<void> {
  const [own] = await session.ask({ sql: 'SELECT getdatabaseencoding()', row: z.tuple([encoding]) });
  const ofDatabase = own?.[0] ?? 'UTF8';
  for (const check of CHECKS) {
    const found = (await session.ask(askFound(check.sql))).map((one) => inLetters(ofDatabase, one));
    for (const one of found.slice(0, NAMED_AT_MOST)) {
      const object = writeFound(one);
      say({
        code: check.code,
        severity: check.severity,
        database,
        object,
        ...check.describe(object, one.detail ?? ''),
      });
    }
    const more = found.length - NAMED_AT_MOST;
    if (more > 0) {
      const message = `${more} more objects of this kind`;
      say({ code: check.code, severity: check.severity, database, object: null, message, remedy: null });
    }
  }
  await checkBackgroundWork(session, database, say);
  /** True where it was looked at; else a finding says that it was not. */
  const isKnown = (looked: LookedAt, object: string): boolean => {
    if (typeof looked === 'boolean') return looked;
    const message = `${object} was not looked through for rows that no dump brings back: ${looked.refusal}`;
    say({ code: 'CHECK_LEFT_OUT', severity: 'WARNING', database, object, message, remedy: LOOK_AGAIN });
    return false;
  };
  for (const { schema, name, says, remedy, looked } of await findLostRows(session)) {
    const object = writeFound(inLetters(ofDatabase, { schema, name, detail: null }));
    if (!isKnown(looked, object)) continue;
    say({ code: 'ROWS_NOT_LOADABLE', severity: 'CRITICAL', database, object, message: `${object} ${says}`, remedy });
  }
  for (const { schema, name, looked } of await findWideRows(session)) {
    const object = writeFound(inLetters(ofDatabase, { schema, name, detail: null }));
    if (!isKnown(looked, object)) continue;
    say({
      code: 'ROWS_NOT_LOADABLE',
      severity: 'CRITICAL',
      database,
      object,
      message: `rows of ${object} fit no page when they are written anew: columns that were added later make them wider than 8160 bytes, so no logical restore can load them`,
      remedy: PHYSICAL_INSTEAD,
    });
  }
}

async function checkBackgroundWork(session: Session, database: string, say: (finding: Finding) => void) {
  const [cron] = await session.ask({ sql: HAS_CRON, row: z.tuple([flag]) });
  const jobs = cron?.[0] ? ((await session.ask({ sql: CRON_JOBS, row: z.tuple([count]) }))[0]?.[0] ?? 0) : 0;
  if (jobs > 0) {
    say({
      code: 'BACKGROUND_WORK_HELD',
      severity: 'INFO',
      database,
      object: 'cron.job',
      message:
        jobs === 1
          ? 'one active job of pg_cron: a restore decides whether it runs in the copy as well'
          : `${jobs} active jobs of pg_cron: a restore decides whether they run in the copy as well`,
      remedy: null,
    });
  }
}
