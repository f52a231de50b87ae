import { describe, expect, test } from 'vitest';
import { EntryPaths } from '../../../../src/runner/load/entries/entry-paths.ts';
import { databaseSetting, pathsInDatabase } from '../../../../src/runner/load/entries/search-paths.ts';
import type { TocEntry } from '../../../../src/runner/load/toc/toc-entry.ts';
import { readRolesFile } from '../../../../src/runner/restore/load-roles.ts';

const entry = (kind: string, tag: string, define = '') =>
  ({ kind, tag, namespace: 'public', owner: 'ada', define }) as unknown as TocEntry;

const PROPERTIES = entry(
  'DATABASE PROPERTIES',
  'shop',
  `ALTER DATABASE "sh op" SET "TimeZone" TO 'Europe/Berlin';
ALTER DATABASE "sh op" SET search_path TO 'own', 'public';
ALTER ROLE ada IN DATABASE "sh op" SET search_path TO 'of_ada';
ALTER ROLE "A ""b""" IN DATABASE "sh op" SET search_path TO 'of_b';
ALTER ROLE ada IN DATABASE "sh op" SET work_mem TO '8MB';
`,
);

describe('what a dump sets for its database', () => {
  test('is found by its name, however that is written', () => {
    expect(databaseSetting([PROPERTIES], 'TimeZone')).toBe("'Europe/Berlin'");
    expect(databaseSetting([PROPERTIES], 'search_path')).toBe("'own', 'public'");
    expect(databaseSetting([PROPERTIES], 'lc_time')).toBeNull();
    expect(databaseSetting([entry('TABLE', 't', PROPERTIES.define)], 'search_path')).toBeNull();
  });

  test('is found for roles in it', () => {
    expect([...pathsInDatabase([PROPERTIES])]).toEqual([
      ['ada', "'of_ada'"],
      ['A "b"', "'of_b'"],
    ]);
  });
});

test('the path of all roles is told from that of one', () => {
  const text = `ALTER ROLE ALL SET "search_path" TO 'of_all';\nALTER ROLE "ALL" SET search_path TO one;\n`;
  expect([...readRolesFile(text).searchPaths]).toEqual([
    ['', "'of_all'"],
    ['ALL', 'one'],
  ]);
});

describe('paths that an entry is tried with', () => {
  const uses = ['public.f(integer)', '"o d".=("o d".t,"o d".t)', '=(text,text)', 'lower(text)'];
  const meanings = [{ object: 'public.v', schema: 'public', name: 'v', uses }];
  const roles = new Map([['ada', '"$user", of_ada']]);
  const paths = new EntryPaths(meanings, { server: null, database: 'shop', roles });

  test('begin with the catalogue alone', () => {
    expect(paths.triesFor(entry('VIEW', 'other')).slice(0, 2)).toEqual(['', '"ada", of_ada']);
  });

  test('begin with that of the owner where it gave a definition its meaning, and reach what that used', () => {
    const wide = '"ada", of_ada, public, "o d"';
    expect(paths.triesFor(entry('VIEW', 'v')).slice(0, 3)).toEqual([wide, '', 'shop, public, "o d"']);
    expect(paths.triesFor(entry('TRIGGER', 'v on (change)'))[0]).toBe(wide);
  });

  test('begin with that of the owner where values are computed while rows come', () => {
    expect(paths.triesFor(entry('TABLE DATA', 'v')).slice(0, 2)).toEqual(['"ada", of_ada', '']);
  });
});
