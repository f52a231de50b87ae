import { expect, it } from 'vitest';
import { createLineMask } from '../../../src/secrets/mask-lines.ts';

const mask = (lines: readonly string[]) => lines.map(createLineMask());

it.each<readonly [string, readonly string[], readonly string[]]>([
  [
    'on the next line',
    ['LOG:  statement: ALTER ROLE app PASSWORD', "\t'hunter2' LOGIN;"],
    ['LOG:  statement: ALTER ROLE app PASSWORD', "\t'********' LOGIN;"],
  ],
  [
    'after lines of nothing and comments',
    ['STATEMENT:  ALTER ROLE app PASSWORD -- the word', '\t', '\t  /* as agreed */', "\tE'hun\\'ter2';"],
    ['STATEMENT:  ALTER ROLE app PASSWORD -- the word', '\t', '\t  /* as agreed */', "\t'********';"],
  ],
  [
    'over several lines',
    ["STATEMENT:  ALTER ROLE app PASSWORD 'hunter2", '\tand more', "\tand its end' LOGIN", '\tVALID UNTIL now'],
    ["STATEMENT:  ALTER ROLE app PASSWORD '********'", '\t********', "' LOGIN", '\tVALID UNTIL now'],
  ],
  [
    'in dollars',
    ['STATEMENT:  ALTER ROLE app PASSWORD $a$hun', '\tter2$$', '\tx$a$ LOGIN'],
    ["STATEMENT:  ALTER ROLE app PASSWORD '********'", '\t********', "' LOGIN"],
  ],
  [
    'twice',
    ["\tPASSWORD 'a'; ALTER ROLE y PASSWORD", "\t'b'"],
    ["\tPASSWORD '********'; ALTER ROLE y PASSWORD", "\t'********'"],
  ],
  ['where the log is read from within a statement', ["\t'hunter2' LOGIN"], ["\t'********' LOGIN"]],
  [
    'in one line',
    ["STATEMENT:  ALTER ROLE app PASSWORD 'hun''ter2';"],
    ["STATEMENT:  ALTER ROLE app PASSWORD '********';"],
  ],
])('shows no password that stands %s', (_, lines, masked) => {
  expect(mask(lines)).toEqual(masked);
  expect(mask(lines).join('\n')).not.toMatch(/hun|ter2|and more|its end/);
});

it('leaves what is none as it is', () => {
  const lines = [
    'FATAL:  password authentication failed for user "app"',
    'DETAIL:  Connection matched file "pg_hba.conf" line 5: "host all all all scram-sha-256"',
    'ERROR:  syntax error at or near "PASSWORD"',
    "\t'not of that statement'",
    "LOG:  statement: SELECT 'a'",
    "\t, 'b'",
    'LOG:  ALTER ROLE app PASSWORD',
    "LOG:  statement: SELECT 'c'",
  ];
  expect(mask(lines)).toEqual(lines);
});

it('takes no longer for lines that were made to be slow', () => {
  const hostile = [
    "PASSWORD '".concat("''\\".repeat(100_000)),
    `\t${'/*'.repeat(100_000)}`,
    `\t${'password '.repeat(50_000)}`,
  ];
  expect(mask(hostile)).toHaveLength(3);
});
