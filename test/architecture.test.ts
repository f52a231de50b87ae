import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { printRooms, SRC_ROOMS, TOP_LEVEL } from './support/rooms.ts';
import { findCycle, ROOT, readSourceFiles, type SourceFile } from './support/source-files.ts';

const files = readSourceFiles();
const production = files.filter((file) => !/^(test|bench|docs)\/|^vitest\.config/.test(file.path));
const room = (file: string) => file.split('/')[0] ?? '';

const ADAPTER_PACKAGES = /^(pg|drizzle-orm|pg-boss|@azure\/.*|@kubernetes\/.*)$/;

/** What the console may be made of: it loads in the browsers of people who run databases. */
const WEB_PACKAGES = [
  'react',
  'react-dom',
  'react-router',
  'cronstrue',
  'react-aria-components',
  '@tanstack/react-query',
  '@tanstack/react-virtual',
  // Types alone, of what is generated.
  '@graphql-typed-document-node/core',
];

function crossings(allowed: (from: SourceFile, to: string) => boolean): string[] {
  return production.flatMap((file) =>
    file.imports.filter((target) => !allowed(file, target)).map((target) => `${file.path} -> ${target}`),
  );
}

function lines(pattern: RegExp, except: (file: SourceFile) => boolean): string[] {
  return production.filter((file) => pattern.test(file.text) && !except(file)).map((file) => file.path);
}

describe('the house', () => {
  test('holds the top level that was agreed', () => {
    const kept = [
      'schema',
      'src',
      'resolvers',
      'jobs',
      'drizzle',
      'templates',
      'test',
      'package.json',
      'tsconfig.json',
    ];
    expect(kept.filter((name) => !existsSync(path.join(ROOT, name)))).toEqual([]);
    const others = [
      'README.md',
      '.ci',
      'web',
      'deploy',
      'bench',
      'docs',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'package-lock.json',
      'biome.json',
      'vitest.config.ts',
    ];
    const untracked = ['node_modules', 'dist', 'coverage'];
    const found = readdirSync(ROOT).filter((name) => !name.startsWith('.'));
    expect(found.filter((name) => ![...kept, ...others, ...untracked].includes(name))).toEqual([]);
  });

  test('every import names a file that is there', () => {
    const missing = files.flatMap((file) =>
      file.imports
        .filter((target) => !existsSync(path.join(ROOT, target)))
        .map((target) => `${file.path} -> ${target}`),
    );
    expect(missing).toEqual([]);
  });

  test('each room imports only the rooms it may', () => {
    expect(crossings((from, to) => (TOP_LEVEL[room(from.path)] ?? []).includes(room(to)))).toEqual([]);
  });

  test('inside src the middle rooms meet in app.ts alone', () => {
    const srcRoom = (file: string) => file.split('/')[1] ?? '';
    const inSrc = crossings((from, to) => {
      if (room(from.path) !== 'src' || room(to) !== 'src') return true;
      return (SRC_ROOMS[srcRoom(from.path)] ?? []).includes(srcRoom(to));
    });
    expect(inSrc).toEqual([]);
  });

  test('the console knows the public API alone: its client, what is generated from its schema, and the rules for its inputs', () => {
    const inWeb = production.filter((file) => room(file.path) === 'web');
    const ours = inWeb.flatMap((file) =>
      file.imports
        .filter((target) => room(target) !== 'web' && !/^(src\/client\/|schema\/(rules\/|errors\.ts))/.test(target))
        .map((target) => `${file.path} -> ${target}`),
    );
    const builder = 'web/vite.config.ts';
    const packages = inWeb.flatMap((file) =>
      file.packages
        .filter((name) => file.path !== builder && !WEB_PACKAGES.includes(name))
        .map((name) => `${file.path} -> ${name}`),
    );
    expect(inWeb.length).toBeGreaterThan(10);
    expect([...ours, ...packages]).toEqual([]);
    expect(lines(/\bfetch\(|new (WebSocket|EventSource)\(/, (file) => !file.path.startsWith('web/'))).toEqual([
      // In which ways people may sign in stands outside of GraphQL, for who has not.
      'web/src/shell/sign-in.tsx',
    ]);
  });

  test('schema, resolvers and jobs know no database, queue, cloud or cluster package', () => {
    const inner = production.filter((file) => ['schema', 'resolvers', 'jobs'].includes(room(file.path)));
    const found = inner.flatMap((file) =>
      file.packages.filter((name) => ADAPTER_PACKAGES.test(name)).map((name) => `${file.path} -> ${name}`),
    );
    expect(inner.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });

  test('no file imports itself by way of others', () => {
    expect(findCycle(files)).toBeNull();
  });

  test('the environment is read in one file of each program; the command line hands it on to the server that it starts', () => {
    expect(lines(/process\.env\b/, (file) => /^src\/(main\.ts|cli\/|runner\/main\.ts)/.test(file.path))).toEqual([]);
  });

  test('signals are handled in the main.ts of each program alone', () => {
    expect(
      lines(/process\.(on|once)\(\s*['"]SIG/, (file) => /^src\/(main\.ts|cli\/|runner\/main\.ts)/.test(file.path)),
    ).toEqual([]);
  });

  test('sessions with servers of tenants are opened in three places, and what each sets for itself is known', () => {
    const opening = (pattern: RegExp) => lines(pattern, (file) => !file.path.startsWith('src/')).sort();
    const places = [
      'src/guarded-postgres/session.ts',
      'src/platform/probe-client.ts',
      'src/runner/physical/take/replication-session.ts',
    ];
    expect(opening(/new GuardedConnection\(/)).toEqual(places);
    const ofRecords = /^src\/(db|cli|embedded)\//;
    expect(opening(/new pg\.(Client|Pool)\(/).filter((file) => !ofRecords.test(file))).toEqual(places);
    // Programs of PostgreSQL that connect are told by PGOPTIONS, in one place.
    expect(opening(/\bPGOPTIONS:/)).toEqual([
      'src/runner/dump/run-pg-dump.ts',
      'src/runner/postgres/tool-environment.ts',
    ]);
  });

  test('templates are read by the platforms alone', () => {
    const outside = (file: SourceFile) => /^src\/(platform\/|app)/.test(file.path);
    expect(lines(/['"/]templates\//, outside)).toEqual([]);
  });

  test('the documentation prints the rooms as this test checks them', () => {
    const page = readFileSync(path.join(ROOT, 'docs/architecture.md'), 'utf8');
    const printed = printRooms();
    expect(page).toContain(printed);
  });

  test('every decision stands in the index of decisions', () => {
    const folder = path.join(ROOT, 'docs/adr');
    const index = readFileSync(path.join(folder, 'README.md'), 'utf8');
    const decisions = readdirSync(folder).filter((name) => /^\d/.test(name));
    expect(decisions.filter((name) => !index.includes(`](${name})`))).toEqual([]);
    for (const [, target] of index.matchAll(/\]\(([^)]+)\)/g)) expect(decisions).toContain(target);
  });

  test('the checks of this file can fail', () => {
    const a = { path: 'schema/a.ts', text: '', imports: ['schema/b.ts'], packages: [] };
    const b = { path: 'schema/b.ts', text: '', imports: ['schema/a.ts'], packages: [] };
    expect(findCycle([a, b])).toEqual(['schema/a.ts', 'schema/b.ts', 'schema/a.ts']);
    expect(files.find((file) => file.path === 'src/db/migrate.ts')).toMatchObject({
      imports: [
        'schema/errors.ts',
        'src/log/logger.ts',
        'src/db/hold-tables.ts',
        'src/db/preconditions.ts',
        'src/db/service-role.ts',
        'src/db/session.ts',
        'src/db/unusable.ts',
      ],
      packages: ['node:path', 'drizzle-orm', 'pg'],
    });
  });
});
