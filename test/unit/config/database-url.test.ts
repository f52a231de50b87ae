import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { findUrlFault, sayTlsPlainly } from '../../../src/config/database-url.ts';
import { readConfig } from '../../../src/config/env.ts';

describe('a connection URL', () => {
  it.each([
    'postgresql://db.example/cms',
    'postgres://toygres:word@db.example:5432/cms?sslmode=require',
    'postgresql://toygres:S3cret%3D%2F%40@[2001:db8::1]:5433/cms',
    'postgresql://toygres:a:b@db/cms',
    'postgresql:///cms?host=/run/postgresql',
    "postgresql://to'y:!$&'()*+,;=-._~@db",
    'postgresql://toygres@%2Fvar%2Frun%2Fpostgresql/cms',
  ])('that can be meant so is taken: %s', (url) => {
    expect(findUrlFault(url)).toBeNull();
  });

  it.each([
    'postgresql://u:/S3cret=@host/db',
    'postgresql://u:S3c#ret@host/db',
    'postgresql://u:S3c?ret@host/db',
    'postgresql://u:S3c@ret@host/db',
    'postgresql://u:S3c ret@host/db',
    'postgresql://u:S3c%ret@host/db',
    'postgresql://u:S3cret[@host/db',
    'postgresql://u:%E9S3cret@host/db',
    'postgresql://u:S3cret@host:port/db',
  ])('whose password was not escaped is refused with what to escape, and none of it: %s', (url) => {
    const fault = findUrlFault(url) ?? '';
    expect(fault).toContain('"/" %2F');
    expect(fault).not.toMatch(/S3c/);
    expect(() => readConfig({ DATABASE_URL: url })).toThrow(/^DATABASE_URL: cannot be read: /);
  });

  test('with any password that is escaped is taken, and gives the password back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (password) => {
        const url = `postgresql://u:${encodeURIComponent(password)}@host/db`;
        expect(findUrlFault(url)).toBeNull();
        expect(decodeURIComponent(new URL(url).password)).toBe(password);
      }),
    );
  });

  test('with a random password in base64 is taken only where nothing of it can become another part', () => {
    fc.assert(
      fc.property(fc.base64String({ minLength: 16 }), (password) => {
        const url = `postgresql://u:${password}@host/db`;
        expect(findUrlFault(url) === null).toBe(!password.includes('/'));
      }),
    );
  });
});

test('the way past a pooler needs the way through it', () => {
  expect(() => readConfig({ TOYGRES_DIRECT_DATABASE_URL: 'postgresql://u:p@db/cms' })).toThrow(
    /^TOYGRES_DIRECT_DATABASE_URL: is the way past the pooler/,
  );
});

test.each([
  ['postgresql://u:p@h/d?sslmode=require', 'postgresql://u:p@h/d?sslmode=verify-full'],
  ['postgresql://h/d?a=b&sslmode=prefer&c=d', 'postgresql://h/d?a=b&sslmode=verify-full&c=d'],
  ['postgresql://h/d?sslmode=no-verify', 'postgresql://h/d?sslmode=no-verify'],
  ['postgresql://u:sslmode=require@h/d', 'postgresql://u:sslmode=require@h/d'],
])('what %s asks of TLS is %s', (url, expected) => {
  expect(sayTlsPlainly(url)).toBe(expected);
});
