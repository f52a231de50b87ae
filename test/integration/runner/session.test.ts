import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { pinnedSettings } from '../../../src/guarded-postgres/pinned-settings.ts';
import { hexName } from '../../../src/guarded-postgres/raw-name.ts';
import { AnswerError, ServerError, SessionLostError } from '../../../src/guarded-postgres/server-error.ts';
import { type Login, openSession, type Session } from '../../../src/guarded-postgres/session.ts';
import {
  type FakePostgres,
  int16,
  int32,
  LET_IN,
  message,
  rowsAnswer,
  startFakePostgres,
} from '../../support/fake-postgres.ts';
import { createScriptRunner, type ScriptRunner } from '../../support/job-script.ts';
import { type SourceServer, startSourceServer } from '../../support/source-server.ts';

const PASSWORD = 'a password that nobody is told';
const sessions: Session[] = [];
let fake: FakePostgres | null = null;

afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  await fake?.stop();
  fake = null;
});

async function open(login: Login, database = 'postgres', major: number | null = 15): Promise<Session> {
  const session = await openSession(login, { database, major, connectTimeoutMs: 10_000 });
  sessions.push(session);
  return session;
}

const loginOf = ({ host, port }: FakePostgres): Login => ({ host, port, user: 'postgres', password: PASSWORD });

describe('a server that cannot be trusted', () => {
  test.each([
    ['cleartext', message('R', int32(3))],
    ['MD5', message('R', int32(5), 'salt')],
    ['GSS', message('R', int32(7))],
    ['SSPI', message('R', int32(9))],
    ['crypt, of long ago', message('R', int32(4), 'sa')],
    ['something new', message('R', int32(99))],
  ])('is sent nothing when it asks for the password by %s', async (_, greeting) => {
    fake = await startFakePostgres(greeting);
    await expect(open(loginOf(fake))).rejects.toThrow(/gives it away/);
    await fake.stop();
    expect(Buffer.concat(fake.received).toString()).toBe('');
  });

  test('is sent no password when it offers other mechanisms than SCRAM', async () => {
    fake = await startFakePostgres(message('R', int32(10), 'PLAIN\0', '\0'));
    await expect(open(loginOf(fake))).rejects.toThrow(SessionLostError);
    expect(Buffer.concat(fake.received).toString()).not.toContain(PASSWORD);
  });

  test('asks for the password once more when the session stands, and the session ends', async () => {
    fake = await startFakePostgres(LET_IN, () => message('R', int32(3)));
    const session = await open(loginOf(fake));
    await expect(session.run('SELECT 1')).rejects.toThrow(ServerError);
    expect(Buffer.concat(fake.received).toString()).not.toContain(PASSWORD);
  });

  test.each([
    ['a message of two gigabytes', Buffer.concat([Buffer.from('D'), int32(0x7ffffff0)])],
    ['an error without an end', message('E', 'SERROR')],
    ['a message that is none', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['an end without an answer', Buffer.alloc(0)],
  ])('answers with %s, and the statement fails', async (_, bytes) => {
    fake = await startFakePostgres(LET_IN, (_said, socket) => {
      if (bytes.length === 0) socket.destroy();
      return bytes;
    });
    const session = await open(loginOf(fake));
    await expect(session.ask({ sql: 'SELECT 1', row: z.tuple([z.string()]) })).rejects.toThrow();
    expect(await session.lost).toBeInstanceOf(Error);
  });

  test('answers with rows where a copy was asked for, or with a copy where rows were', async () => {
    let answer = rowsAnswer([['x']]);
    fake = await startFakePostgres(LET_IN, () => answer);
    const session = await open(loginOf(fake));
    await expect(session.copyOut('COPY t TO STDOUT', () => undefined, 99)).rejects.toThrow(AnswerError);
    answer = Buffer.concat([message('H', '\0', int16(0)), message('d', 'x'), message('c'), message('Z', 'I')]);
    await expect(session.ask({ sql: 'SELECT 1', row: z.tuple([z.string()]) })).rejects.toThrow(AnswerError);
  });

  test('answers with more than was allowed, and no more of it is kept', async () => {
    const many = rowsAnswer(Array.from({ length: 50 }, () => ['x'.repeat(1000)]));
    fake = await startFakePostgres(LET_IN, () => many);
    const question = { sql: 'SELECT 1', row: z.tuple([z.string()]) };
    const byBytes = await open(loginOf(fake));
    await expect(byBytes.ask({ ...question, limits: { bytes: 10_000 } })).rejects.toThrow(/more than it may/);
    const byRows = await open(loginOf(fake));
    await expect(byRows.ask({ ...question, limits: { rows: 49 } })).rejects.toThrow(AnswerError);
    expect(await byRows.ask({ ...question, limits: { rows: 50 } })).toHaveLength(50);
  });

  test.each([
    ['notices', message('N', 'SNOTICE\0C00000\0Mof no use\0\0')],
    ['messages that hold nothing', message('I')],
    ['questions', message('G', '\0', int16(0))],
  ])('answers with %s without an end, and the statement fails long before its time', async (_, one) => {
    const many = Buffer.concat(Array<Buffer>(1_000).fill(one));
    fake = await startFakePostgres(LET_IN, (_said, socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write(many));
      };
      if (socket.listenerCount('drain') === 0) socket.on('drain', more);
      more();
      return null;
    });
    const session = await open(loginOf(fake));
    const question = { sql: 'SELECT 1', row: z.tuple([z.string()]), limits: { bytes: 1 << 20 } };
    await expect(session.ask(question)).rejects.toThrow(/more than it may/);
  });

  test('takes as many messages as statements that are sent at once have', async () => {
    const answer = Buffer.concat([...Array<Buffer>(50_000).fill(message('C', 'SELECT 1\0')), message('Z', 'I')]);
    fake = await startFakePostgres(LET_IN, () => answer);
    await (await open(loginOf(fake))).run('SELECT 1');
  });

  test('never answers, and the statement fails in its time', async () => {
    fake = await startFakePostgres(LET_IN);
    const session = await open(loginOf(fake));
    await expect(session.run('SELECT 1', 200)).rejects.toThrow(/did not answer/);
  });

  test('answers with garbage in every column: an error that names none of it, or the rows as they were', async () => {
    let answer: Buffer = Buffer.alloc(0);
    fake = await startFakePostgres(LET_IN, () => answer);
    const session = await open(loginOf(fake));
    const row = z.tuple([z.string().regex(/^\d{1,10}$/), hexName, z.enum(['t', 'f'])]);
    const column = fc.oneof(
      fc.constant(null),
      fc.constantFrom('1', '-1', '1e9', '4294967296999', 't', '6f6b', "'; DROP", '\\! touch /tmp/owned', '::toygres::'),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(column, { minLength: 1, maxLength: 5 }), async (columns) => {
        answer = rowsAnswer([columns]);
        const result = await session.ask({ sql: 'SELECT 1', row }).catch((error: unknown) => error);
        if (Array.isArray(result)) {
          expect(columns.map(String)).toEqual([result[0]?.[0], result[0]?.[1].bytes.toString('hex'), result[0]?.[2]]);
        } else {
          expect(result).toBeInstanceOf(AnswerError);
          expect((result as Error).message).toMatch(/^the server answered with something that cannot be: row 0/);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a real server', () => {
  let runner: ScriptRunner;
  let server: SourceServer;
  beforeAll(async () => {
    runner = await createScriptRunner();
    const directory = await runner.makeDirectory('source');
    const initdbArguments = ['--encoding=UTF8', '--locale=C.UTF-8', '--auth-host=scram-sha-256'];
    server = await startSourceServer({ directory, password: PASSWORD, initdbArguments });
  });
  afterAll(async () => {
    await server?.stop();
    await runner?.stop();
  });

  test('cannot bend a session by the settings of a role or a database', async () => {
    const bent: Record<string, string> = {
      DateStyle: "'SQL, DMY'",
      IntervalStyle: "'iso_8601'",
      TimeZone: "'Europe/Berlin'",
      extra_float_digits: '-5',
      bytea_output: "'escape'",
      array_nulls: 'off',
      search_path: "'nowhere'",
      default_transaction_read_only: 'on',
      default_transaction_isolation: "'serializable'",
      session_replication_role: "'replica'",
      statement_timeout: '1',
      zero_damaged_pages: 'on',
      quote_all_identifiers: 'on',
      standard_conforming_strings: 'off',
      transform_null_equals: 'on',
      row_security: 'on',
      log_statement: "'all'",
      client_encoding: "'LATIN1'",
    };
    for (const [name, value] of Object.entries(bent)) {
      await server.query('template1', `ALTER ROLE postgres IN DATABASE postgres SET ${name} = ${value}`);
    }
    const session = await open(server);
    const rows = await session.ask({
      sql: `SELECT name, setting FROM pg_settings UNION ALL SELECT 'role', current_setting('role')`,
      row: z.tuple([z.string(), z.string().nullable()]),
    });
    const set = new Map(rows.map(([name, value]) => [name, value]));
    for (const [name, value] of Object.entries(pinnedSettings(15)))
      expect([name, set.get(name)]).toEqual([name, value]);
    expect(set.get('client_encoding')).toBe('SQL_ASCII');
  });

  test('gives names as the bytes that they are', async () => {
    await server.query('template1', `CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'`);
    const session = await open(server, 'bytes');
    await session.run(Buffer.from('CREATE TABLE public."caf\xe9" (a int)', 'latin1'));
    const rows = await session.ask({
      sql: `SELECT encode(textsend(relname::text), 'hex') FROM pg_class WHERE relname LIKE 'caf%'`,
      row: z.tuple([hexName]),
    });
    expect(rows.map(([name]) => [name.bytes.toString('hex'), name.isUtf8])).toEqual([['636166e9', false]]);
  });

  test('takes no row of a copy that it refused into the next one, however late that comes', async () => {
    const session = await open(server);
    await session.run('CREATE TEMP TABLE taken (a int)');
    const [late, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    async function* refused() {
      try {
        yield Buffer.from('no number\n');
        await late.promise;
        yield Buffer.from('5\n');
      } finally {
        left.resolve();
      }
    }
    async function* good() {
      yield Buffer.from('1\n');
      late.resolve();
      await left.promise;
      yield Buffer.from('2\n');
    }
    await expect(session.copyIn('COPY taken FROM STDIN', refused())).rejects.toThrow(/invalid input syntax/);
    await session.copyIn('COPY taken FROM STDIN', good());
    const row = z.tuple([z.string()]);
    expect(await session.ask({ sql: 'SELECT a FROM taken ORDER BY a', row })).toEqual([['1'], ['2']]);
  });

  test('copies out and in as the bytes that they are', async () => {
    const session = await open(server, 'template1');
    await session.run('CREATE TEMP TABLE copied (a text)');
    const chunks = [Buffer.from('one\n'), Buffer.from('two\\n2\n\\N\n')];
    await session.copyIn(
      'COPY copied FROM STDIN',
      (async function* () {
        yield* chunks;
      })(),
    );
    const back: Buffer[] = [];
    await session.copyOut('COPY copied TO STDOUT', (chunk) => back.push(chunk), 1 << 20);
    expect(Buffer.concat(back).toString()).toBe(Buffer.concat(chunks).toString());
    await expect(session.copyOut('COPY copied TO STDOUT', () => undefined, 3)).rejects.toThrow(/more than it may/);
  });

  test('says why in all its words, with the hint', async () => {
    const session = await open(server, 'template1');
    const failed = await session.run('SELECT no_such_function(1)').catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ServerError);
    expect((failed as ServerError).code).toBe('42883');
    expect((failed as ServerError).words).toMatch(/^ERROR: {2}function .* HINT: No function matches/);
    await session.run('SELECT 1');
    await expect(open({ ...server, password: 'another' }, 'template1')).rejects.toThrow(
      /password authentication failed/,
    );
    await expect(open(server, 'nowhere')).rejects.toThrow(/database "nowhere" does not exist/);
  });
});
