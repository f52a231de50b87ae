import { expect, it } from 'vitest';
import { type DatabaseFacts, findObstacle, SCHEMAS } from '../../../src/db/preconditions.ts';

const GOOD: DatabaseFacts = {
  version: 150_004,
  versionText: '15.4',
  encoding: 'UTF8',
  inRecovery: false,
  readOnly: false,
  database: 'records',
  role: 'toygres',
  mayCreate: false,
  schemas: SCHEMAS,
  closed: [],
  hasMigrations: true,
  hasRecords: true,
};

it('a database with all that is needed has no obstacle, also without the right to make schemas', () => {
  expect(findObstacle(GOOD)).toBeNull();
  expect(findObstacle({ ...GOOD, version: 130_000 })).toBeNull();
});

it.each<[string, Partial<DatabaseFacts>, RegExp]>([
  [
    'is older than 13',
    { version: 129_999, versionText: '12.22' },
    /PostgreSQL 12\.22, and 13 is the oldest .*Upgrade it/,
  ],
  ['is of another encoding', { encoding: 'SQL_ASCII' }, /its encoding is SQL_ASCII\. Make one with CREATE DATABASE/],
  ['is a standby', { inRecovery: true, readOnly: true }, /a standby.*Connect to the primary/],
  ['takes no changes', { readOnly: true }, /set to read only/],
  ['lacks a schema', { schemas: ['drizzle'] }, /CREATE SCHEMA cms AUTHORIZATION toygres; CREATE SCHEMA pgboss/],
  ['keeps a schema closed', { closed: ['pgboss'] }, /ALTER SCHEMA pgboss OWNER TO toygres/],
  ['has another application in it', { hasMigrations: false }, /another application/],
])('one that %s is refused with what to do', (_, facts, remedy) => {
  expect(findObstacle({ ...GOOD, ...facts })).toMatch(remedy);
});
