import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { migrateDatabase } from '../../../src/db/migrate.ts';
import { freePort } from '../../support/free-port.ts';

function changed(change: (url: URL) => void): string {
  const url = new URL(inject('postgresUrl'));
  change(url);
  return url.href;
}

test('a database that cannot be used is named with the reason and without its login', async () => {
  const port = String(await freePort());
  const cases: readonly (readonly [string, RegExp])[] = [
    [changed((url) => (url.pathname = '/no_such')), /127\.0\.0\.1:\d+\/no_such cannot be used: .*does not exist/],
    [changed((url) => (url.password = 'hunter2-hunter2')), /cannot be used: password authentication failed/],
    [
      changed((url) => (url.port = port)),
      new RegExp(`127.0.0.1:${port}/postgres cannot be used: nothing listens there`),
    ],
    [
      changed((url) => (url.search = '?sslmode=verify-full')),
      /cannot be used: it speaks no TLS, which sslmode asks for/,
    ],
    [
      changed((url) => (url.search = '?sslmode=verify-full&sslrootcert=/nowhere/ca.pem')),
      /cannot be used: the file \/nowhere\/ca\.pem, .*cannot be read/,
    ],
    [changed((url) => (url.hostname = 'no-such-host.invalid')), /no-such-host\.invalid:\d+\S* cannot be used: .*host/],
  ];
  for (const [url, reason] of cases) {
    const error = await migrateDatabase(url).then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(reason) });
    expect(String(error)).not.toMatch(/hunter2|test-password/);
  }
});

test('a role that may not make the schema is told so', async () => {
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE unusable; `);
    await admin.query(`CREATE ROLE unusable_role LOGIN PASSWORD 'no rights'`);
    const url = changed((one) => {
      one.username = 'unusable_role';
      one.password = 'no rights';
      one.pathname = '/unusable';
    });
    await expect(migrateDatabase(url)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('permission denied for database unusable'),
    });
  } finally {
    await admin.query('DROP DATABASE IF EXISTS unusable WITH (FORCE)');
    await admin.query('DROP ROLE IF EXISTS unusable_role');
    await admin.end();
  }
});
