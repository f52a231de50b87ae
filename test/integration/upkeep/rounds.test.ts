import { PgBoss } from 'pg-boss';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { type Round, roundsQueueName, startRounds } from '../../../src/upkeep/rounds.ts';
import { QUEUE_SCHEMA } from '../../../src/workflow/queue/boss.ts';
import { captureLog } from '../../support/capture-log.ts';
import { eventually } from '../../support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const PLATFORM = 'local:rounds';

let test: TestDatabase;
const stops: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  await test.database.pool.query(`DELETE FROM ${QUEUE_SCHEMA}.schedule`);
  await test.database.pool.query(`DELETE FROM ${QUEUE_SCHEMA}.job`);
});
afterAll(() => test.stop());

/** The queue as a worker opens it, only quicker. */
async function openBoss({ schedule = false } = {}): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: test.url,
    schema: QUEUE_SCHEMA,
    max: 2,
    schedule,
    cronMonitorIntervalSeconds: 1,
    cronWorkerIntervalSeconds: 1,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
  });
  boss.on('error', () => undefined);
  await boss.start();
  return boss;
}

async function start(boss: PgBoss, rounds: Readonly<Record<string, Round>>, log = captureLog().log) {
  const stop = await startRounds({ boss, platformId: PLATFORM, rounds, log, pollSeconds: 0.5 });
  stops.push(
    () => boss.stop({ graceful: false }),
    () => stop(),
  );
  return stop;
}

const never = '0 0 29 2 *';

describe('rounds', () => {
  it('are made at the start, on their schedule, and go on after one that failed', async () => {
    const { log, messages } = captureLog();
    const made: string[] = [];
    const scheduled: Round = { cron: '* * * * *', atStart: false, run: async () => void made.push('made') };
    const failing: Round = {
      cron: never,
      atStart: true,
      run: () => Promise.reject(new AppError('UNAVAILABLE', 'The platform does not answer.')),
    };
    await start(await openBoss({ schedule: true }), { failing, scheduled }, log);
    await eventually(
      () => made.length,
      (count) => count >= 1,
    );
    await eventually(
      () => messages,
      (all) => all.includes('a round could not be made'),
    );
    const { rows } = await test.database.pool.query<{ key: string; cron: string }>(
      `SELECT key, cron FROM ${QUEUE_SCHEMA}.schedule ORDER BY key`,
    );
    expect(rows).toEqual([
      { key: 'failing', cron: never },
      { key: 'scheduled', cron: '* * * * *' },
    ]);
  });

  it('are made by one process at a time, and the round of one that stops is made by another', async () => {
    const made: string[] = [];
    const first = await openBoss();
    const hanging: Round = {
      cron: never,
      atStart: true,
      run: (signal) =>
        new Promise((resolve) => {
          made.push('first');
          signal.addEventListener('abort', () => resolve());
        }),
    };
    const stopFirst = await start(first, { look: hanging });
    await eventually(
      () => made,
      (all) => all.length === 1,
    );
    const second = await openBoss();
    await start(second, { look: { cron: never, atStart: true, run: async () => void made.push('second') } });
    const queue = roundsQueueName(PLATFORM);
    expect(await second.send(queue, { round: 'look' }, { singletonKey: 'look' })).toBeNull();
    expect(made).toEqual(['first']);
    await stopFirst();
    await eventually(
      () => made,
      (all) => all.includes('second'),
    );
    expect(made).toEqual(['first', 'second']);
  });

  it('leave nothing in the queue for long', async () => {
    const made: string[] = [];
    const boss = await openBoss();
    await start(boss, { look: { cron: never, atStart: true, run: async () => void made.push('made') } });
    await eventually(
      () => made.length,
      (count) => count === 1,
    );
    const count = async () =>
      (await test.database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${QUEUE_SCHEMA}.job`)).rows[0]?.n;
    const completed = `UPDATE ${QUEUE_SCHEMA}.job SET completed_on = completed_on - interval '1 hour' WHERE state = 'completed'`;
    await eventually(
      async () => (await test.database.pool.query(completed)).rowCount,
      (changed) => changed === 1,
    );
    await test.database.pool.query(`UPDATE ${QUEUE_SCHEMA}.queue SET maintain_on = NULL`);
    await boss.supervise(roundsQueueName(PLATFORM));
    expect(await count()).toBe(0);
  });
});
