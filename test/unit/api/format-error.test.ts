import { GraphQLError } from 'graphql';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { createErrorFormatter } from '../../../src/api/errors/format-error.ts';

const SECRET = 'hunter2-hunter2';

let lines: string[];
const format = (error: unknown) =>
  createErrorFormatter(pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }))(error);

beforeEach(() => {
  lines = [];
});

/** What drizzle throws when a statement fails: SQL and parameters in the message, PostgreSQL's error beneath. */
function createDatabaseError(): Error {
  const cause = Object.assign(new Error('duplicate key value violates unique constraint "instances_name_held"'), {
    code: '23505',
    constraint: 'instances_name_held',
    detail: `Key (password)=(${SECRET}) already exists.`,
  });
  return new Error(
    `Failed query: insert into "cms"."instances" values ($1)\nparams: ${SECRET},second line\n${SECRET}`,
    {
      cause,
    },
  );
}

describe('an error of ours', () => {
  it('keeps message, code, field, rule and place, and nothing else', () => {
    const error = new AppError('INVALID_INPUT', 'Choose another name.', {
      details: { field: 'name', rule: 'pattern' },
      cause: new Error(SECRET),
    });
    const formatted = format(new GraphQLError('wrapped', { originalError: error, path: ['createInstance'] }));
    expect(formatted).toEqual({
      message: 'Choose another name.',
      path: ['createInstance'],
      extensions: { code: 'INVALID_INPUT', field: 'name', rule: 'pattern' },
    });
  });

  it('is found under several wrappings', () => {
    const inner = new GraphQLError('inner', { originalError: new AppError('CONFLICT', 'Taken.'), path: ['x'] });
    expect(format(new GraphQLError('outer', { originalError: inner })).extensions).toEqual({ code: 'CONFLICT' });
  });
});

describe('any other error', () => {
  it.each([
    ['a database error with parameters', createDatabaseError()],
    ['an INTERNAL that was thrown on purpose', new AppError('INTERNAL', `about ${SECRET}`)],
    ['a text', SECRET],
    ['an error without stack', Object.assign(createDatabaseError(), { stack: undefined })],
  ])('%s becomes INTERNAL with a reference that stands in the log', (_what, error) => {
    const formatted = format(error);
    const reference = formatted.extensions?.reference;
    expect(formatted).toEqual({
      message: `internal error, reference ${reference}`,
      extensions: { code: 'INTERNAL', reference },
    });
    expect(lines.join('')).toContain(reference);
  });

  it('puts no parameter and no row into the log, and still says what failed where', () => {
    format(createDatabaseError());
    expect(lines.join('')).not.toContain(SECRET);
    expect(lines.join('')).toContain('instances_name_held');
    expect(lines.join('')).toContain('insert into');
    expect(lines.join('')).toContain('format-error.test.ts');
  });
});
