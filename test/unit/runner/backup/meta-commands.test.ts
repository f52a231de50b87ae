import { expect, test } from 'vitest';
import { findMetaCommand } from '../../../../src/runner/backup/meta-commands.ts';

const text = (...lines: readonly string[]) => `${lines.join('\n')}\n`;

test('the list of roles that pg_dumpall writes holds no command for psql', () => {
  const roles = text(
    '--',
    '-- PostgreSQL database cluster dump: \\! is a comment here',
    '--',
    '\\restrict a1B2c3',
    "SET client_encoding = 'UTF8';",
    'CREATE ROLE "two',
    'CREATE ROLE postgres;',
    '\\! lines";',
    "ALTER ROLE x WITH SUPERUSER PASSWORD 'SCRAM-SHA-256$4096:a+b/c=$d:e';",
    "COMMENT ON ROLE x IS 'it''s a \"comment\"; \\ with",
    "\\! lines';",
    "COMMENT ON ROLE x IS E'\\'\\\\! \\n';",
    '\\unrestrict a1B2c3',
  );
  expect(findMetaCommand(roles)).toBeNull();
});

test.each([
  ['a command on its own', text('SELECT 1;', '\\! touch /tmp/owned'), 2],
  ['a command behind a statement', text('SELECT 1; \\copy t from x'), 1],
  ['a command behind a name', text('CREATE ROLE "x" \\gexec'), 1],
  ['a second pair', text('\\restrict a', '\\restrict b'), 2],
  ['the end of another pair', text('\\restrict a', '\\unrestrict b'), 2],
  ['an end without a beginning', text('\\unrestrict b'), 1],
  ['more behind the pair', text('\\restrict a \\! id'), 1],
  ['a quote that never ends', text("COMMENT ON ROLE x IS 'a", 'b'), 1],
  ['a quote of dollars, in which quotes mean nothing', text("DO $$ ' $$; \\! id --'"), 1],
  ['a comment that goes on', text("/* ' */ \\! id --'"), 1],
])('%s is found', (_, roles, line) => {
  expect(findMetaCommand(roles)).toBe(line);
});
