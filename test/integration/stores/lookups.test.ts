import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationSteps } from '../../../drizzle/tables/index.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { ownerContext } from '../../../src/secrets/owner-context.ts';
import { createImageQueries } from '../../../src/stores/images/queries.ts';
import { createInstanceQueries } from '../../../src/stores/instances/queries.ts';
import { createOperationQueries } from '../../../src/stores/operations/queries.ts';
import { countStatements } from '../../support/count-statements.ts';
import { freePort } from '../../support/free-port.ts';
import { insertImage, insertInstance, insertOperation, secrets } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.stop());

describe('a name', () => {
  it('finds its present holder, and nobody who was deleted or never came to life', async () => {
    const queries = createInstanceQueries(test.database, secrets);
    const name = 'looked-up';
    const at = (day: number) => new Date(Date.UTC(2026, 4, day));
    const find = async () => (await queries.byName(name))?.id;
    await insertInstance(test.database, { name, state: 'DELETED', createdAt: at(9) });
    expect(await find()).toBeUndefined();
    await insertInstance(test.database, { name, state: 'FAILED', createdAt: at(1) });
    expect(await find()).toBeUndefined();
    const holder = await insertInstance(test.database, { name, state: 'STOPPED', createdAt: at(2) });
    expect(await find()).toBe(holder);
  });

  it('finds an image by the same rule', async () => {
    const queries = createImageQueries(test.database);
    await insertImage(test.database, { name: 'nightly', state: 'FAILED', createdAt: new Date() });
    expect(await queries.byName('nightly')).toBeNull();
    const holder = await insertImage(test.database, { name: 'nightly', createdAt: new Date(0) });
    expect((await queries.byName('nightly'))?.id).toBe(holder);
  });

  it('that can be none finds nothing, whatever it holds', async () => {
    const instances = createInstanceQueries(test.database, secrets);
    const images = createImageQueries(test.database);
    for (const name of ['', '\0', 'A', "'; --", 'x'.repeat(10_000), '\ud800']) {
      expect(await instances.byName(name)).toBeNull();
      expect(await images.byName(name)).toBeNull();
    }
  });
});

describe('credentials', () => {
  it('are the login in the clear, and NOT_FOUND for the unknown and the deleted', async () => {
    const queries = createInstanceQueries(test.database, secrets);
    const id = await insertInstance(test.database, { name: 'has-login' });
    expect(await queries.credentials(id.toUpperCase())).toEqual({
      username: 'postgres',
      password: 'password of has-login',
      database: 'postgres',
      endpoint: null,
    });
    const endpoint = { host: '127.0.0.1', port: 5433, dnsName: null };
    const stopped = await insertInstance(test.database, { state: 'STOPPED', endpoint });
    expect(await queries.credentials(stopped)).toMatchObject({ endpoint });
    expect(await queries.byIds([stopped])).toMatchObject([{ endpoint: null }]);
    const deleted = await insertInstance(test.database, { state: 'DELETED', encryptedPassword: null });
    for (const one of [deleted, randomUUID()]) {
      await expect(queries.credentials(one)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(queries.ownerCredentials(one)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('of the owner are its own, and none where none are kept', async () => {
    const queries = createInstanceQueries(test.database, secrets);
    const id = randomUUID();
    const encryptedOwnerPassword = secrets.encrypt('of the owner', ownerContext(id));
    await insertInstance(test.database, { id, encryptedOwnerPassword });
    expect(await queries.ownerCredentials(id.toUpperCase())).toEqual({
      username: 'app',
      password: 'of the owner',
      database: 'app',
      endpoint: null,
    });
    expect(await queries.ownerCredentials(await insertInstance(test.database))).toBeNull();
    // One does not open in the place of the other.
    const swapped = await insertInstance(test.database, { encryptedPassword: encryptedOwnerPassword });
    await expect(queries.credentials(swapped)).rejects.toMatchObject({ code: 'STEP_FAILED' });
  });
});

describe('steps', () => {
  it('come in their order, for many operations in one statement, without their stored results', async () => {
    const queries = createOperationQueries(test.database);
    const ids = [await insertOperation(test.database), await insertOperation(test.database)];
    for (const operationId of ids) {
      for (const position of [2, 1, 3]) {
        const step = { operationId, position, name: `step ${position}`, weight: 1, state: 'PENDING' } as const;
        await test.database.orm.insert(operationSteps).values({ ...step, result: { private: true } });
      }
    }
    let steps: Awaited<ReturnType<typeof queries.steps>> = [];
    const statements = await countStatements(test.database, async () => {
      steps = await queries.steps([...ids, randomUUID()]);
    });
    expect(statements).toBe(1);
    expect(steps.map((one) => one.map((step) => step.name))).toEqual([
      ['step 1', 'step 2', 'step 3'],
      ['step 1', 'step 2', 'step 3'],
      [],
    ]);
    expect(JSON.stringify(steps)).not.toContain('private');
  });
});

describe('a page', () => {
  it('is read through the index that has its order, not by sorting the table', async () => {
    const { pool } = test.database;
    await pool.query(`
      INSERT INTO cms.operations (id, kind, workflow, workflow_version, platform, state, input, instance_id,
                                  excludes_on_instance, excludes_on_image, requested_by, created_at)
      SELECT gen_random_uuid(), 'STOP_INSTANCE', 'stop-instance', '1', 'p', 'SUCCEEDED', '{}', gen_random_uuid(),
             true, true, 'admin', now() - n * interval '1 second'
      FROM generate_series(1, 5000) n`);
    await pool.query('ANALYZE cms.operations');
    const statements: { text: string; values: unknown[] }[] = [];
    const original = pool.query;
    pool.query = ((given: { text: string }, values: unknown[]) => {
      statements.push({ text: given.text, values });
      return Reflect.apply(original, pool, [given, values]);
    }) as typeof pool.query;
    const after = { createdAt: new Date(Date.now() - 1_000_000).toISOString(), id: randomUUID() };
    await createOperationQueries(test.database).page({}, { first: 20, after });
    pool.query = original;
    const page = statements.find(({ text }) => text.includes('limit'));
    if (page === undefined) throw new Error('no page was read');
    const { rows } = await pool.query(`EXPLAIN ${page.text}`, page.values);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('operations_newest');
    expect(plan).not.toContain('Sort');
  });
});

describe('a database that does not answer', () => {
  it('is UNAVAILABLE, without SQL or parameters in the message', async () => {
    const url = `postgresql://postgres:a-secret@127.0.0.1:${await freePort()}/x`;
    const database = openDatabase({ url });
    const error = await createInstanceQueries(database, secrets)
      .byIds([randomUUID()])
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', message: expect.not.stringMatching(/select|secret/i) });
    await database.stop();
  });
});
