import { and, asc, eq, notInArray, sql } from 'drizzle-orm';
import { jobs } from '../../../drizzle/tables/index.ts';
import type { JobStatus, PlatformJobState } from '../../../jobs/ports/platform/jobs.ts';
import type { JobRecords } from '../../../jobs/ports/records.ts';
import { assertNever } from '../../../schema/errors.ts';
import type { JobState } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { answered } from '../answered.ts';

const ENDED: JobState[] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/** Null where the platform's word says nothing about the job's state. An interrupted job waits for its next attempt. */
function toJobState(state: PlatformJobState): JobState | null {
  switch (state) {
    case 'ABSENT':
      return null;
    case 'INTERRUPTED':
      return 'PENDING';
    case 'PENDING':
    case 'RUNNING':
    case 'SUCCEEDED':
    case 'FAILED':
    case 'CANCELLED':
      return state;
    default:
      return assertNever(state);
  }
}

function toRow(state: JobState, { attempts, exitCode, startedAt, finishedAt }: JobStatus) {
  return { state, attempts, exitCode, startedAt, finishedAt: ENDED.includes(state) ? finishedAt : null };
}

/** The jobs of this platform's operations. A status that says nothing new writes nothing. */
export function createJobRecords({ orm }: Database, platformId: string): JobRecords {
  return {
    async ensure({ id, operationId, kind, namespace, name }) {
      await answered(
        orm.insert(jobs).values({ id, operationId, kind, namespace, name, platform: platformId }).onConflictDoNothing(),
      );
    },

    async update(id, status) {
      const state = toJobState(status.state);
      if (state === null) return;
      const row = toRow(state, status);
      const { attempts, exitCode, startedAt, finishedAt } = jobs;
      const known = sql`(${jobs.state}, ${attempts}, ${exitCode}, ${startedAt}, ${finishedAt})`;
      const told = sql`(${row.state}::text, ${row.attempts}::integer, ${row.exitCode}::integer,
        ${row.startedAt?.toISOString() ?? null}::timestamptz(3), ${row.finishedAt?.toISOString() ?? null}::timestamptz(3))`;
      await answered(
        orm
          .update(jobs)
          .set(row)
          .where(and(eq(jobs.id, id), notInArray(jobs.state, ENDED), sql`${known} IS DISTINCT FROM ${told}`)),
      );
    },

    list: (operationId) =>
      answered(
        orm
          .select({ id: jobs.id, namespace: jobs.namespace, name: jobs.name })
          .from(jobs)
          .where(eq(jobs.operationId, operationId))
          .orderBy(asc(jobs.createdAt), asc(jobs.id)),
      ),
  };
}
