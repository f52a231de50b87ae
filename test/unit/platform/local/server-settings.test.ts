import { describe, expect, test } from 'vitest';
import {
  buildHba,
  buildIdent,
  buildSettings,
  withLibrary,
} from '../../../../src/platform/local/servers/server-settings.ts';

const facts = {
  resourceName: 'orders-0a1b2c3d',
  imageType: 'STOCK',
  port: 20_001,
  hbaFile: '/state/pg_hba.conf',
  identFile: '/state/pg_ident.conf',
  socketDirectory: '/state/run/0123456789ab',
  preloaded: '',
  parameters: {},
  certificate: null,
} as const;

describe('who may log in', () => {
  const methodsOf = (text: string) =>
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split('\t'));

  test('everybody needs a password on a stock server', () => {
    expect(new Set(methodsOf(buildHba('STOCK')).map((fields) => fields.at(-1)))).toEqual(new Set(['scram-sha-256']));
  });

  test('only loopback is trusted on a pg_durable server, and not for replication or the socket', () => {
    const trusted = methodsOf(buildHba('PG_DURABLE')).filter((fields) => fields.at(-1) === 'trust');
    expect(trusted.map((fields) => fields.slice(0, 4))).toEqual([
      ['host', 'all', 'all', '127.0.0.1/32'],
      ['host', 'all', 'all', '::1/128'],
    ]);
  });
});

describe('who we are on this machine', () => {
  test('is the superuser over the socket while we are let in, before any other rule, and nobody else', () => {
    const rules = (letsUsIn: boolean) => buildHba('STOCK', false, letsUsIn).split('\n').slice(1, -1);
    expect(rules(true)[0]).toBe('local\tpostgres\tpostgres\tpeer\tmap=toygres');
    expect(rules(true).slice(1)).toEqual(rules(false));
    expect(buildIdent('root')).toContain('toygres\t"root"\tpostgres\n');
    expect(buildIdent('a "b" c')).toContain('toygres\t"a ""b"" c"\tpostgres\n');
    expect(buildIdent()).not.toContain('postgres\n');
  });
});

describe('who comes over the network to a server that takes TLS only', () => {
  const typesOf = (text: string) =>
    text.split('\n').flatMap((line) => (line === '' || line.startsWith('#') ? [] : [line.split('\t')[0]]));

  test('comes by TLS, but for the worker of pg_durable, which knows none', () => {
    expect(new Set(typesOf(buildHba('STOCK', true)))).toEqual(new Set(['local', 'hostssl']));
    expect(typesOf(buildHba('PG_DURABLE', true))).toEqual(['local', 'local', 'host', 'host', 'hostssl', 'hostssl']);
  });
});

describe('what a server is told on its command line', () => {
  test('it listens on loopback and on a socket of its own', () => {
    expect(buildSettings(facts)).toMatchObject({
      listen_addresses: '127.0.0.1',
      port: '20001',
      unix_socket_directories: '"/state/run/0123456789ab"',
      hba_file: '/state/pg_hba.conf',
    });
  });

  test('its certificate is the one of the installation, whatever its own files say', () => {
    expect(buildSettings(facts)).not.toHaveProperty('ssl');
    const certificate = { file: '/state/server.crt', keyFile: '/state/server.key' };
    expect(buildSettings({ ...facts, certificate })).toMatchObject({
      ssl: 'on',
      ssl_cert_file: '/state/server.crt',
      ssl_key_file: '/state/server.key',
      ssl_min_protocol_version: 'TLSv1.2',
    });
  });

  test('a path that is too long for a socket means none, and one with a comma stays one path', () => {
    expect(buildSettings({ ...facts, socketDirectory: `/${'x'.repeat(100)}` }).unix_socket_directories).toBe('');
    expect(buildSettings({ ...facts, socketDirectory: '/a, b/"c"' }).unix_socket_directories).toBe('"/a, b/""c"""');
  });

  test('a stock server keeps its own libraries, a pg_durable server has its library beside those', () => {
    expect(buildSettings(facts)).not.toHaveProperty('shared_preload_libraries');
    const durable = buildSettings({ ...facts, imageType: 'PG_DURABLE', preloaded: 'pg_stat_statements' });
    expect(durable).toMatchObject({
      shared_preload_libraries: 'pg_stat_statements,pg_durable',
      'pg_durable.database': 'postgres',
      'pg_durable.worker_role': 'postgres',
    });
  });

  test.each([
    ['', 'pg_durable'],
    ['pg_durable', 'pg_durable'],
    ['a, "pg_durable"', 'a, "pg_durable"'],
    ['pg_durable_x', 'pg_durable_x,pg_durable'],
  ])('the libraries %j become %j', (before, after) => {
    expect(withLibrary(before, 'pg_durable')).toBe(after);
  });
});
