import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toolOptions } from '../../../src/guarded-postgres/pinned-settings.ts';
import { RawName } from '../../../src/guarded-postgres/raw-name.ts';
import { qualified, quoteIdentifier, quoteLiteral, sql } from '../../../src/guarded-postgres/sql.ts';

test('a name is quoted byte for byte, with its quotes doubled', () => {
  expect(quoteIdentifier(RawName.of('we"ird')).toString()).toBe('"we""ird"');
  expect(quoteIdentifier(RawName.of(Buffer.from([0x63, 0xe9]))).toString('hex')).toBe('2263e922');
  expect(qualified(RawName.of('a'), RawName.of('b.c')).toString()).toBe('"a"."b.c"');
  expect(quoteLiteral("it's \\").toString()).toBe("'it''s \\'");
  expect(sql`SELECT ${quoteLiteral('x')} AS ${quoteIdentifier(RawName.of('y'))}`.toString()).toBe(`SELECT 'x' AS "y"`);
});

test('a NUL, which would end a statement, is refused', () => {
  expect(() => quoteLiteral('a\0b')).toThrow(TypeError);
});

test('what is quoted has an even number of quotes, so nothing gets out of it', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const name = Buffer.from(bytes.filter((byte) => byte !== 0));
      const inner = quoteLiteral(name).subarray(1, -1).toString('latin1');
      expect(inner.replaceAll("''", '')).not.toContain("'");
    }),
  );
});

test('options of tools have their blanks escaped, and only what the version knows', () => {
  expect(toolOptions(15)).toContain('-c DateStyle=ISO,\\ MDY');
  expect(toolOptions(15)).not.toContain('event_triggers');
  expect(toolOptions(17)).toContain('-c event_triggers=off');
});
