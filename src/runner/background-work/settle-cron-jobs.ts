import * as z from 'zod';
import type { Session } from '../../guarded-postgres/session.ts';
import type { Report } from '../attempt/attempt.ts';
import { refusalOf } from '../load/load-session.ts';
import { quietly } from './quietly.ts';

/** Whether what acts by itself in the copy is held, or runs beside the source. */
export type BackgroundWork = 'HOLD' | 'RUN';

const HAS_CRON = `SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'pg_cron' AND to_regclass('cron.job') IS NOT NULL`;
const HELD_JOBS = `UPDATE cron.job SET active = false WHERE active RETURNING jobid::pg_catalog.int8::pg_catalog.text`;
const ACTIVE_JOBS = `SELECT jobid::pg_catalog.int8::pg_catalog.text FROM cron.job WHERE active`;
const jobId = z.tuple([z.string().regex(/^\d{1,19}$/)]).transform(([id]) => id);

/**
 * Jobs of pg_cron in this database: held by being made inactive, so that what is scheduled can be seen and let run. Where they
 * cannot be held, that is told.
 */
export async function settleCronJobs(
  session: Session,
  database: string,
  wish: BackgroundWork,
  report: Report,
): Promise<void> {
  if ((await session.ask({ sql: HAS_CRON, row: z.tuple([z.string()]) })).length === 0) return;
  let jobs: readonly string[];
  try {
    const question = { sql: wish === 'HOLD' ? HELD_JOBS : ACTIVE_JOBS, row: jobId };
    jobs = await quietly(session, () => session.ask(question));
  } catch (error) {
    const { words } = refusalOf(error);
    if (wish === 'RUN') return;
    const message = `jobs of pg_cron cannot be held, and run in the copy: ${words}`;
    const remedy = 'UPDATE cron.job SET active = false;';
    report.finding({
      code: 'BACKGROUND_WORK_HELD',
      severity: 'WARNING',
      database,
      object: 'cron.job',
      message,
      remedy,
    });
    return;
  }
  if (jobs.length === 0) return;
  if (wish === 'RUN') {
    report.notice(
      `database ${database}: ${jobs.length === 1 ? 'one job of pg_cron runs' : `${jobs.length} jobs of pg_cron run`} here as on the source`,
    );
    return;
  }
  const remedy = `UPDATE cron.job SET active = true WHERE jobid IN (${jobs.toSorted((a, b) => Number(a) - Number(b)).join(', ')});`;
  const words =
    jobs.length === 1
      ? 'one job of pg_cron is held: it is there and inactive'
      : `${jobs.length} jobs of pg_cron are held: they are there and inactive`;
  report.notice(`database ${database}: ${words}; to let ${jobs.length === 1 ? 'it' : 'them'} run: ${remedy}`);
  report.finding({
    code: 'BACKGROUND_WORK_HELD',
    severity: 'INFO',
    database,
    object: 'cron.job',
    message: words,
    remedy,
  });
}
