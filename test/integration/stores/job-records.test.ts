import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobStatus } from '../../../jobs/ports/platform/jobs.ts';
import type { JobRecords } from '../../../jobs/ports/records.ts';
import type { OperationQueries } from '../../../resolvers/ports/queries.ts';
import { createJobRecords } from '../../../src/stores/operations/job-records.ts';
import { createOperationQueries } from '../../../src/stores/operations/queries.ts';
import { insertOperation, PLATFORM } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let test: TestDatabase;
let records: JobRecords;
let queries: OperationQueries;
beforeAll(async () => {
  test = await createTestDatabase();
  records = createJobRecords(test.database, PLATFORM);
  queries = createOperationQueries(test.database);
});
afterAll(() => test.stop());

function status(change: Partial<JobStatus>): JobStatus {
  return {
    state: 'RUNNING',
    attempts: 1,
    exitCode: null,
    startedAt: new Date('2026-05-01T00:00:00.123Z'),
    finishedAt: null,
    report: null,
    reportedAt: null,
    result: null,
    failure: null,
    ...change,
  };
}

async function newJob() {
  const operationId = await insertOperation(test.database);
  const job = {
    id: randomUUID(),
    operationId,
    kind: 'backup',
    namespace: 'toygres-managed',
    name: 'backup-x',
  } as const;
  await records.ensure(job);
  return job;
}

/** Which version of the row it is: every write makes another one. */
async function rowVersion(id: string): Promise<string> {
  const { rows } = await test.database.pool.query('SELECT xmin::text FROM cms.jobs WHERE id = $1', [id]);
  return rows[0].xmin;
}

describe('a job', () => {
  it('is recorded once, PENDING, however often it is ensured', async () => {
    const job = await newJob();
    await records.ensure(job);
    expect(await records.list(job.operationId)).toEqual([
      { id: job.id, namespace: 'toygres-managed', name: 'backup-x' },
    ]);
    expect(await queries.job(job.id)).toMatchObject({
      operationId: job.operationId,
      platform: PLATFORM,
      state: 'PENDING',
      attempts: 0,
    });
  });

  it('follows the platform until it has ended, and is not changed after', async () => {
    const job = await newJob();
    await records.update(job.id, status({}));
    expect(await queries.job(job.id)).toMatchObject({ state: 'RUNNING', attempts: 1, finishedAt: null });
    const finishedAt = new Date('2026-05-01T00:01:00.000Z');
    await records.update(job.id, status({ state: 'FAILED', attempts: 3, exitCode: 78, finishedAt }));
    const ended = await queries.job(job.id);
    expect(ended).toMatchObject({ state: 'FAILED', attempts: 3, exitCode: 78, finishedAt });
    await records.update(job.id, status({ state: 'RUNNING', attempts: 4 }));
    await records.update(job.id, status({ state: 'ABSENT', attempts: 0 }));
    expect(await queries.job(job.id)).toEqual(ended);
  });

  it('is written only when there is something new to say', async () => {
    const job = await newJob();
    await records.update(job.id, status({}));
    const before = await rowVersion(job.id);
    await records.update(job.id, status({ reportedAt: new Date() }));
    expect(await rowVersion(job.id)).toBe(before);
    await records.update(job.id, status({ attempts: 2 }));
    expect(await rowVersion(job.id)).not.toBe(before);
  });

  it('waits again after an interruption, and stays as it is while the platform does not know it', async () => {
    const job = await newJob();
    await records.update(job.id, status({ state: 'INTERRUPTED', exitCode: 143, finishedAt: new Date() }));
    expect(await queries.job(job.id)).toMatchObject({ state: 'PENDING', exitCode: 143, finishedAt: null });
    await records.update(job.id, status({ state: 'ABSENT', attempts: 0 }));
    expect(await queries.job(job.id)).toMatchObject({ state: 'PENDING', attempts: 1 });
  });

  it('is found by its id, with its operation, or not at all', async () => {
    const job = await newJob();
    const [jobs, none] = await queries.jobs([job.operationId, randomUUID()]);
    expect(jobs?.map((one) => one.id)).toEqual([job.id]);
    expect(none).toEqual([]);
    for (const id of [randomUUID(), 'none', '']) expect(await queries.job(id)).toBeNull();
  });
});
