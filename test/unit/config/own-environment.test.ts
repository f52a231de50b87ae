import { expect, test } from 'vitest';
import { keepToOwnSettings } from '../../../src/config/own-environment.ts';

test("what is meant for PostgreSQL's clients goes, what is meant for programs of other names stays", () => {
  const environment: Record<string, string> = {
    PGSSLMODE: 'require',
    PGOPTIONS: '-c x=y',
    PGPASSWORD: 'secret',
    PATH: '/bin',
    PG_COLOR: 'always',
    HTTPS_PROXY: 'http://proxy:3128',
  };
  keepToOwnSettings(environment);
  expect(environment).toEqual({
    PATH: '/bin',
    PG_COLOR: 'always',
    HTTPS_PROXY: 'http://proxy:3128',
    NO_PROXY: 'localhost,127.0.0.1,::1,[::1]',
  });
});

test('this machine itself is reached past every proxy, beside what was excepted before', () => {
  const environment: Record<string, string> = { no_proxy: '.internal, 127.0.0.1' };
  keepToOwnSettings(environment);
  keepToOwnSettings(environment);
  expect(environment).toEqual({ NO_PROXY: '.internal,127.0.0.1,localhost,::1,[::1]' });
});
