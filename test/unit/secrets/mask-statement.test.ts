import { expect, it } from 'vitest';
import { maskStatement } from '../../../src/secrets/mask-statement.ts';

it.each([
  [`STATEMENT:  ALTER ROLE app PASSWORD 'hunter2';`, `STATEMENT:  ALTER ROLE app PASSWORD '********';`],
  [`create user x encrypted password 'it''s hunter2' login`, `create user x encrypted password '********' login`],
  [
    `ALTER ROLE x PASSWORD E'hun\\'ter2' VALID UNTIL 'infinity'`,
    `ALTER ROLE x PASSWORD '********' VALID UNTIL 'infinity'`,
  ],
  ['ALTER ROLE x PASSWORD $$hunter2$$, y', `ALTER ROLE x PASSWORD '********', y`],
  ['ALTER ROLE x PASSWORD $a$hun$$ter2$a$;', `ALTER ROLE x PASSWORD '********';`],
  [`ALTER ROLE x PASSWORD 'hunter2 and the line was cut`, `ALTER ROLE x PASSWORD '********'`],
  [
    `CREATE USER MAPPING FOR x SERVER y OPTIONS (user 'u', password 'hunter2')`,
    `CREATE USER MAPPING FOR x SERVER y OPTIONS (user 'u', password '********')`,
  ],
  [
    `CREATE SUBSCRIPTION s CONNECTION 'host=h user=u password=hunter2 dbname=d' PUBLICATION p`,
    `CREATE SUBSCRIPTION s CONNECTION 'host=h user=u password=******** dbname=d' PUBLICATION p`,
  ],
  [`could not connect to postgresql://u:hunter2@h:5432/d`, `could not connect to postgresql://u:********@h:5432/d`],
  [`ALTER ROLE x PASSWORD 'SCRAM-SHA-256$4096:a$b:c'`, `ALTER ROLE x PASSWORD '********'`],
  [`rolpassword is md5${'0123456789abcdef'.repeat(2)}`, 'rolpassword is ********'],
])('shows no password of %s', (line, masked) => {
  expect(maskStatement(line)).toBe(masked);
});

it.each([
  'FATAL:  password authentication failed for user "app"',
  'LOG:  database system is ready to accept connections',
  'ERROR:  relation "passwords" does not exist at character 15',
  'see https://www.postgresql.org/docs/17/auth-password.html',
  'password_encryption = scram-sha-256',
])('leaves %s as it is', (line) => {
  expect(maskStatement(line)).toBe(line);
});

it('takes no longer for a line that was made to be slow', () => {
  const line = `PASSWORD '${"''\\\\".repeat(50_000)}`;
  expect(maskStatement(line)).toBe("PASSWORD '********'");
});
