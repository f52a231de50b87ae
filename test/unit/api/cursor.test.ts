import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../resolvers/cursor.ts';

const row = { createdAt: new Date('2026-03-01T09:30:00.123Z'), id: '5f0b1f5e-9a55-4f0e-8a2a-0d4d1c5b7a10' };

describe('a cursor', () => {
  it('gives back the place it was made of', () => {
    expect(decodeCursor(encodeCursor(row))).toEqual({ createdAt: '2026-03-01T09:30:00.123Z', id: row.id });
  });

  it('is opaque and fit for a URL', () => {
    expect(encodeCursor(row)).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  const encoded = (text: string) => Buffer.from(text).toString('base64url');

  it.each([
    ['an empty text', ''],
    ['words', 'not a cursor'],
    ['a bare id', row.id],
    ['an id that is none', encoded('2026-03-01T09:30:00.123Z 42')],
    ['a day that is none', encoded(`2026-13-01T09:30:00.123Z ${row.id}`)],
    ['a moment without milliseconds', encoded(`2026-03-01T09:30:00Z ${row.id}`)],
    ['SQL behind the id', encoded(`2026-03-01T09:30:00.123Z ${row.id}'; DROP TABLE x`)],
    ['a third part', encoded(`2026-03-01T09:30:00.123Z ${row.id} x`)],
    ['padding', `${encodeCursor(row)}=`],
    ['something huge', 'A'.repeat(1_000_000)],
  ])('refuses %s as INVALID_INPUT of `after`', (_what, text) => {
    expect(() => decodeCursor(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', details: { field: 'after', rule: 'cursor' } }),
    );
  });
});
