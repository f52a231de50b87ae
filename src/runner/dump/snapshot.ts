import * as z from 'zod';
import type { Session } from '../../guarded-postgres/session.ts';
import { JobFailure } from '../attempt/failure.ts';
import { snapshotId } from '../catalogue/columns.ts';

/** Begins the transaction whose snapshot a dump is taken in, and gives the snapshot's name. */
export async function beginSnapshot(session: Session): Promise<string> {
  await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const [snapshot] = await session.ask({ sql: 'SELECT pg_export_snapshot()', row: z.tuple([snapshotId]) });
  if (snapshot === undefined) throw new JobFailure('the server gave no snapshot');
  return snapshot[0];
}
