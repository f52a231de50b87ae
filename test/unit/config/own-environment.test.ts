import { expect, test } from 'vitest';
import { keepToOwnSettings } from '../../../src/config/own-environment.ts';

test("what is meant for PostgreSQL's clients goes, what is meant for programs of other names stays", () => {
  const environment: Record<string, string> = {
    PGSSLMODE: 'require',
    PGOPTIONS: '-c x=y',
    PGPASSWORD: 'secret',
    PATH: '/bin',
    PG_COLOR: 'always',
  };
  keepToOwnSettings(environment);
  expect(environment).toEqual({ PATH: '/bin', PG_COLOR: 'always' });
});

test('proxies are written anew under the names that every program reads, again without a change', () => {
  const environment: Record<string, string> = {
    https_proxy: 'proxy:3128',
    no_proxy: '.internal, 127.0.0.1',
    all_proxy: 'http://other:1080',
  };
  const expected = {
    HTTP_PROXY: 'http://other:1080',
    HTTPS_PROXY: 'http://proxy:3128',
    NO_PROXY: '.internal,127.0.0.1,localhost,::1,[::1],169.254.169.254',
  };
  keepToOwnSettings(environment);
  expect(environment).toEqual(expected);
  keepToOwnSettings(environment);
  expect(environment).toEqual(expected);
});

test('a proxy that cannot be meant so is left to be told', () => {
  const environment: Record<string, string> = { HTTPS_PROXY: 'socks5://proxy:1080' };
  keepToOwnSettings(environment);
  expect(environment).toEqual({ HTTPS_PROXY: 'socks5://proxy:1080' });
});
