import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptHarness, type ScriptHarness, type TakenImage } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;
let image: TakenImage;

beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C']);
  for (const name of ['shop', '"the books"', 'spare']) await source.query('postgres', `CREATE DATABASE ${name}`);
  await source.query(
    'postgres',
    `CREATE ROLE readers NOLOGIN; CREATE ROLE clerk LOGIN PASSWORD 'a secret' CREATEDB CONNECTION LIMIT 3; CREATE ROLE "of the spare" LOGIN;
     GRANT readers TO clerk WITH ADMIN OPTION; ALTER ROLE clerk SET work_mem = '7MB'; ALTER ROLE clerk IN DATABASE shop SET work_mem = '8MB';
     ALTER ROLE clerk IN DATABASE spare SET work_mem = '9MB'; ALTER DATABASE spare OWNER TO "of the spare"`,
  );
  await source.query('shop', `CREATE TABLE orders AS SELECT 1 AS n; GRANT SELECT ON orders TO readers`);
  await source.query('spare', `CREATE TABLE parts (n int); ALTER TABLE parts OWNER TO "of the spare"`);
  image = await harness.backup(source);
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
});
afterAll(() => harness?.stop());

const choose = (...names: readonly string[]) => ({ parameters: { TOYGRES_DATABASES: JSON.stringify(names) } });

const ROLES = `
  SELECT r.rolname, r.rolcanlogin, r.rolcreatedb, r.rolconnlimit, r.rolpassword,
    array(SELECT concat_ws(' ', m.roleid::regrole, m.admin_option) FROM pg_auth_members m WHERE m.member = r.oid ORDER BY 1) AS groups
  FROM pg_authid r WHERE r.oid >= 16384 ORDER BY 1`;

test('of an image only the databases come back that were asked for, and every role, whatever it is for', async () => {
  const { volume, end } = await harness.restore(image, choose('shop', 'the books'));
  expect(end).toMatchObject({ exitCode: 0, errors: [], results: [{ findings: [] }] });
  const copy = await harness.startRestored(volume, source.password);
  const databases = await copy.query('postgres', `SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1`);
  expect(databases.map(({ datname }) => datname)).toEqual(['postgres', 'shop', 'the books']);
  const roles = await copy.query('postgres', ROLES);
  expect(roles).toEqual(await source.query('postgres', ROLES));
  expect(roles.map(({ rolname }) => rolname)).toEqual(['clerk', 'of the spare', 'readers']);
  const settings = `SELECT d.datname, s.setconfig FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase ORDER BY 1`;
  expect(await copy.query('postgres', settings)).toEqual([
    { datname: 'shop', setconfig: ['work_mem=8MB'] },
    { datname: null, setconfig: ['work_mem=7MB'] },
  ]);
  expect(
    await copy.query('shop', `SELECT n, has_table_privilege('readers', 'orders', 'SELECT') AS read FROM orders`),
  ).toEqual([{ n: 1, read: true }]);
});

test('a name that the image does not have fails it for good, with those that it has', async () => {
  const { end } = await harness.restore(image, choose('shop', 'Spare'));
  expect(end).toMatchObject({ exitCode: 78, results: [] });
  expect(end.errors.at(-1)).toMatch(
    /the image has no database Spare; it has postgres, shop, spare, template1, the books$/,
  );
});
