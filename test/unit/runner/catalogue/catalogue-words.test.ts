import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import { RawName } from '../../../../src/guarded-postgres/raw-name.ts';
import { refuseLoss } from '../../../../src/runner/catalogue/accept-loss.ts';
import { findChanged } from '../../../../src/runner/catalogue/definitions.ts';
import type { LockWait } from '../../../../src/runner/catalogue/lock-waits.ts';
import { writeSettingOfAll } from '../../../../src/runner/catalogue/settings-of-all.ts';
import { createLockPatience, LOCK_PATIENCE_SECONDS } from '../../../../src/runner/dump/lock-patience.ts';

const finding = (severity: Finding['severity'], message: string): Finding => ({
  code: 'X',
  severity,
  database: 'shop',
  object: 'public.a',
  message,
  remedy: 'Mend it.',
});

describe('what may be lost', () => {
  const all = [finding('INFO', 'a form'), finding('WARNING', 'an object'), finding('CRITICAL', 'some rows')];

  test('is what was accepted, and the first that is more is named with what to do', () => {
    expect(() => refuseLoss(all, 'ROWS')).not.toThrow();
    expect(() => refuseLoss(all.slice(0, 2), 'OBJECTS')).not.toThrow();
    expect(() => refuseLoss(all.slice(0, 1), 'NOTHING')).not.toThrow();
    expect(() => refuseLoss(all, 'OBJECTS')).toThrow(
      'database shop: some rows. Mend it. Or take it all the same with acceptLoss: ROWS',
    );
    expect(() => refuseLoss(all, 'NOTHING')).toThrow('database shop: some rows (and 1 more). Mend it.');
    expect(() => refuseLoss(all.slice(0, 2), 'NOTHING')).toThrow(/an object.*acceptLoss: OBJECTS$/);
  });

  test('is final: no other attempt changes it', () => {
    expect(() => refuseLoss(all, 'OBJECTS')).toThrow(expect.objectContaining({ final: true }));
  });
});

describe('a setting for all roles', () => {
  const written = (setting: string) => writeSettingOfAll(Buffer.from(setting))?.toString() ?? null;

  test('is written as a value, and as names where it is a list of them', () => {
    expect(written('work_mem=7MB')).toBe(`ALTER ROLE ALL SET "work_mem" TO '7MB';\n`);
    expect(written(`my.own=it's; x`)).toBe(`ALTER ROLE ALL SET "my"."own" TO 'it''s; x';\n`);
    expect(written('search_path="a ""b", "$user", public')).toBe(
      `ALTER ROLE ALL SET "search_path" TO 'a "b', '$user', 'public';\n`,
    );
    expect(written('search_path=')).toBe(`ALTER ROLE ALL SET "search_path" TO '';\n`);
  });

  test('that is none writes nothing', () => {
    expect(written('no setting')).toBeNull();
    expect(written('a"; DROP ROLE x; --=1')).toBeNull();
  });
});

test('a catalogue whose definitions add up to something else has changed', () => {
  const before = [
    { catalogue: 'pg_proc', sum: '1' },
    { catalogue: 'pg_class', sum: null },
  ];
  expect(findChanged(before, before)).toEqual([]);
  expect(
    findChanged(before, [
      { catalogue: 'pg_proc', sum: '2' },
      { catalogue: 'pg_class', sum: null },
    ]),
  ).toEqual(['pg_proc']);
});

describe('waiting for a lock', () => {
  const wait: LockWait = {
    table: 'public.t',
    pid: 7,
    user: 'ada',
    application: 'psql',
    since: '2026-01-01T00:00:00Z',
    gid: null,
  };

  test('says for whom, and fails when it has lasted', () => {
    const patience = createLockPatience({ name: RawName.of('shop') }, 10_000);
    expect(patience.take([], 0)).toBeNull();
    expect(patience.take([wait], 1_000)).toBe(
      'waiting for table public.t, which process 7 (ada, psql) holds by a statement of 2026-01-01T00:00:00Z',
    );
    expect(() => patience.take([wait], 11_000)).toThrow(
      /waited 10 s for .*Free it with SELECT pg_terminate_backend\(7\);$/,
    );
  });

  test('ends the operation within two minutes, since no other attempt can help', () => {
    const patience = createLockPatience({ name: RawName.of('shop') }, LOCK_PATIENCE_SECONDS * 1_000);
    patience.take([wait], 0);
    expect(patience.take([wait], 60_000)).toMatch(/^waiting for table public\.t/);
    expect(() => patience.take([wait], 110_000)).toThrow(
      expect.objectContaining({ name: 'JobFailure', final: true, message: expect.stringMatching(/Free it with/) }),
    );
  });

  test('begins anew when it was over in between', () => {
    const patience = createLockPatience({ name: RawName.of('shop') }, 10_000);
    patience.take([wait], 0);
    patience.take([], 9_000);
    expect(patience.take([{ ...wait, pid: 0, gid: "it's" }], 11_000)).toBe(
      "waiting for table public.t, which the prepared transaction 'it''s' holds",
    );
  });
});
