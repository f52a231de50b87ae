import type { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listRecordCalls } from '../../../bench/records/calls.ts';
import { fillRecords } from '../../../bench/records/fill.ts';
import { explainStatements, type StatementPlan } from '../../../bench/records/plans.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createInstanceQueries } from '../../../src/stores/instances/queries.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';
import { secrets } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const PLATFORM = 'local:x';
/** So many instances have been there, of which so many live, with five images and ten operations each. */
const FEW = { instances: 200, live: 100 };
const LONG = { instances: 2000, live: 100 };
const MANY = { instances: 2000, live: 1000 };
const TIMES_AS_MANY = MANY.instances / FEW.instances;

/** What a call reads of few records; a small table is sooner read whole than by an index. */
interface Cost {
  readonly rows: number;
  readonly pages: number;
  readonly returned: number;
}

interface Filled extends TestDatabase {
  readonly boss: PgBoss;
  readonly costs: ReadonlyMap<string, Cost>;
}

const sum = (plans: readonly StatementPlan[], of: (plan: StatementPlan) => number) =>
  plans.reduce((all, plan) => all + of(plan), 0);

async function fill({ instances, live }: typeof FEW): Promise<Filled> {
  const cms = await createTestDatabase();
  // The schema of the queue.
  const boss = await startBoss({ url: cms.url, log: createLogger('silent') });
  await fillRecords(cms.url, PLATFORM, instances, live);
  const costs = new Map<string, Cost>();
  for (const { name, run } of await listRecordCalls(cms.database, secrets, PLATFORM)) {
    // What is changed once, as what is told, is not changed by the second.
    await run();
    const plans = await explainStatements(cms.database, run);
    expect(plans.length, name).toBeGreaterThan(0);
    costs.set(name, {
      rows: sum(plans, (plan) => plan.rowsRead),
      pages: sum(plans, (plan) => plan.pages),
      returned: sum(plans, (plan) => plan.rowsReturned),
    });
  }
  return { ...cms, boss, costs };
}

let few: Filled;
let long: Filled;
let many: Filled;
let allLive: ReadonlySet<string>;
beforeAll(async () => {
  [few, long, many] = [await fill(FEW), await fill(LONG), await fill(MANY)];
  const calls = await listRecordCalls(few.database, secrets, PLATFORM);
  allLive = new Set(calls.filter(({ looksAtAllLive }) => looksAtAllLive).map(({ name }) => name));
});
afterAll(async () => {
  for (const each of [few, long, many]) {
    await each.boss.stop({ graceful: false });
    await each.stop();
  }
});

/** The calls that read more of the second than what they answer with, and than they read of the first, `times` over. */
function growing(first: Filled, second: Filled, times: (name: string) => number): string[] {
  return [...second.costs].flatMap(([name, { rows, pages, returned }]) => {
    const before = first.costs.get(name);
    if (before === undefined) return [`${name}: is not asked of the first`];
    const isFlat = rows <= times(name) * before.rows + 5 * returned + 200;
    const isFlatOnDisk = pages <= times(name) * before.pages + 10 * returned + 600;
    return isFlat && isFlatOnDisk
      ? []
      : [`${name}: ${before.rows} rows of ${before.pages} pages, and ${rows} of ${pages} for ${returned}`];
  });
}

describe('no statement of the service', () => {
  it('reads in proportion to what is over', () => {
    expect(growing(few, long, () => 2)).toEqual([]);
  });

  it('reads in proportion to what there is, but for what it answers with and looks at all that lives', () => {
    expect(growing(few, many, (name) => (allLive.has(name) ? 2 * TIMES_AS_MANY : 2))).toEqual([]);
  });
});

it('a list counts only where somebody asks for it', async () => {
  const instances = createInstanceQueries(few.database, secrets);
  const statements = async (counted: boolean) => {
    const plans = await explainStatements(few.database, () => instances.page({}, { first: 5, after: null, counted }));
    return plans.filter(({ text }) => /count\(/.test(text)).length;
  };
  expect(await statements(false)).toBe(0);
  expect(await statements(true)).toBe(1);
});

it('and a statement that reads all of them is told', async () => {
  const read = async (filled: Filled): Promise<Filled> => {
    const [plan] = await explainStatements(filled.database, () =>
      filled.database.pool.query(`SELECT count(*) FROM cms.images WHERE description = 'none'`),
    );
    const cost = { rows: plan?.rowsRead ?? 0, pages: plan?.pages ?? 0, returned: 1 };
    return { ...filled, costs: new Map([['all', cost]]) };
  };
  expect(growing(await read(few), await read(long), () => 2)).toHaveLength(1);
});
