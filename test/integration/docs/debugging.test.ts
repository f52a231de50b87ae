import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../../src/log/logger.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';
import { ROOT } from '../../support/source-files.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let cms: TestDatabase;
beforeAll(async () => {
  cms = await createTestDatabase();
  await (await startBoss({ url: cms.url, log: createLogger('silent') })).stop({ graceful: false });
});
afterAll(() => cms.stop());

test('the queries that explain a stuck run are those of the records as they are', async () => {
  const page = await readFile(path.join(ROOT, 'docs/debugging.md'), 'utf8');
  const queries = [...page.matchAll(/```sql\n(.*?);\n```/gs)].map(([, query]) => query ?? '');
  expect(queries).toHaveLength(4);
  for (const query of queries) {
    const statement = query.replaceAll(":'operation'", `'${randomUUID()}'`);
    expect((await cms.database.pool.query(statement)).rows).toEqual([]);
  }
});
