import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { instances } from '../drizzle/tables/index.ts';
import type { Caller } from '../resolvers/ports/commands.ts';
import { migrateDatabase } from '../src/db/migrate.ts';
import { createInstanceCommands } from '../src/services/instances/instance-commands.ts';
import { createScheduleCommands } from '../src/services/schedules/schedule-commands.ts';
import { createScheduleQueries } from '../src/stores/schedules/queries.ts';
import { startWorkers } from './engine-workers.ts';
import { quantile, timed } from './figures.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import { startPlainServer } from './plain-server.ts';
import type { SectionReport } from './report.ts';
import { openScheduleServices } from './schedule-services.ts';

const INSTANCES = 1000;
const CONCURRENCY = 8;
const CREATIONS = 60;
const LONGEST_MS = 900_000;
const LOOK_MS = 50;
const CALLER: Caller = { kind: 'SYSTEM', id: null, name: 'bench', role: 'ADMIN' };

type Parts = Awaited<ReturnType<typeof openScheduleServices>>;

async function insertInstances({ database, secrets }: Parts, platform: string): Promise<void> {
  const rows = Array.from({ length: INSTANCES }, (_, index) => {
    const id = randomUUID();
    return {
      id,
      name: `shop-${index}`,
      resourceName: `shop-${index}-${id.slice(0, 8)}`,
      namespace: 'bench',
      platform,
      imageType: 'STOCK' as const,
      postgresVersion: '17',
      storageGib: 1,
      exposure: 'INTERNAL' as const,
      state: 'RUNNING' as const,
      labels: { team: 'shop' },
      encryptedPassword: secrets.encrypt('not a password', id),
    };
  });
  await database.orm.insert(instances).values(rows);
}

/** How many images are under way, and how many instances have one of this run. */
async function readProgress({ database }: Parts, platform: string) {
  const { rows } = await database.pool.query<{ open: number; failed: number; left: number }>(
    `SELECT count(*) FILTER (WHERE state IN ('QUEUED', 'RUNNING'))::int AS open,
       count(*) FILTER (WHERE state IN ('FAILED', 'CANCELLED'))::int AS failed,
       (SELECT count(*)::int FROM cms.schedule_runs WHERE state = 'RUNNING') AS left
     FROM cms.operations WHERE platform = $1 AND kind = 'CREATE_IMAGE'`,
    [platform],
  );
  if (rows[0] === undefined || rows[0].failed > 0) throw new Error('an image on a platform that does nothing failed');
  return rows[0];
}

/** Creates instances one after another, and answers how long each waited for its first step, in milliseconds. */
async function createSome(parts: Parts, batch: string): Promise<readonly number[]> {
  const commands = createInstanceCommands(parts.commands);
  const ids: string[] = [];
  for (let nth = 0; nth < CREATIONS; nth += 1) {
    const { operationId } = await commands.create(CALLER, { name: `${batch}-${nth}`, storageGib: 1 });
    ids.push(operationId ?? '');
    const isOver = async () => {
      const { rows } = await parts.database.pool.query<{ state: string }>(
        'SELECT state FROM cms.operations WHERE id = $1',
        [operationId],
      );
      if (rows[0]?.state === 'FAILED') throw new Error('a creation on a platform that does nothing failed');
      return rows[0]?.state === 'SUCCEEDED';
    };
    for (const deadline = performance.now() + LONGEST_MS; !(await isOver()); ) {
      if (performance.now() > deadline) throw new Error('a creation did not end');
      await delay(20);
    }
  }
  const { rows } = await parts.database.pool.query<{ first: number }>(
    `SELECT extract(epoch FROM s.started_at - o.created_at)::float8 * 1000 AS first
     FROM cms.operations o JOIN cms.operation_steps s ON s.operation_id = o.id AND s.position = 1 WHERE o.id = ANY($1)`,
    [ids],
  );
  return rows.map(({ first }) => first);
}

/** Watches a run to its end; answers with the most images that were ever under way. */
async function watchRun(parts: Parts, platform: string): Promise<number> {
  let most = 0;
  for (const deadline = performance.now() + LONGEST_MS; ; ) {
    const { open, left } = await readProgress(parts, platform);
    most = Math.max(most, open);
    if (left === 0) return most;
    if (performance.now() > deadline) throw new Error('the run of the schedule did not end');
    await delay(LOOK_MS);
  }
}

/** One nightly schedule over a thousand instances, and what others feel of it: the product's own scheduler, queue and worker. */
export async function benchSchedule(place: Place, { runs }: BenchOptions): Promise<SectionReport> {
  const [idle, busy, seconds, most, reading]: number[][] = [[], [], [], [], []];
  for (let run = 1; run <= runs; run += 1) {
    place.say(`schedule: run ${run} of ${runs}`);
    await using server = await startPlainServer(place, `schedule-records-${run}`);
    const url = server.urlOf('postgres');
    await migrateDatabase(url);
    const platform = `bench:schedule-${run}`;
    await using stops = new AsyncDisposableStack();
    const parts = await openScheduleServices(url, platform, { schedule: false });
    stops.defer(() => parts.stop());
    await insertInstances(parts, platform);
    await using _worker = await startWorkers(place, url, platform, 1, 'schedule-worker.ts');
    idle?.push(quantile(await createSome(parts, `idle-${run}`), 0.95));

    const schedules = createScheduleCommands(parts.commands);
    const { scheduleId } = await schedules.create(CALLER, {
      name: 'nightly',
      cron: '0 3 * * *',
      selector: { team: 'shop' },
      retention: { keepDaily: 7 },
      concurrency: CONCURRENCY,
    });
    await schedules.run(CALLER, { scheduleId });
    const [whole, waited] = await Promise.all([
      timed(() => watchRun(parts, platform)),
      createSome(parts, `busy-${run}`),
    ]);
    busy?.push(quantile(waited, 0.95));
    seconds?.push(whole.seconds);
    most?.push(whole.value);
    const queries = createScheduleQueries(parts.database);
    const shown = await timed(async () => {
      const [page] = await queries.runPages([scheduleId], { first: 20, after: null, counted: true });
      const [last] = page?.rows ?? [];
      if (last?.state !== 'SUCCEEDED')
        throw new Error(`the run of the schedule ended ${last?.state}: ${last?.message}`);
      return queries.operationsOfRuns([last.id]);
    });
    reading?.push(shown.seconds * 1000);
  }
  return {
    section: `schedule, one for ${INSTANCES} instances on a platform that does nothing, concurrency ${CONCURRENCY}`,
    measurements: [
      {
        name: 'createInstance meanwhile, enqueue to first step, p95',
        unit: 'ms',
        values: busy ?? [],
        against: [{ name: 'an idle system', values: idle ?? [] }],
        notes: [`${CREATIONS} one after another in each`],
      },
      { name: 'images under way at once, at most', unit: '', values: most ?? [] },
      { name: 'the whole run', unit: 's', values: seconds ?? [] },
      { name: 'reading the run with its operations', unit: 'ms', values: reading ?? [] },
    ],
  };
}
