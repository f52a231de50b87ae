import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/env.ts';

describe('a bad value', () => {
  it.each([
    ['PORT', ['80x', '-1', '65536', '1.5', '0x50', '1e3', ' ']],
    ['TOYGRES_WORKER_CONCURRENCY', ['0', '101', 'many']],
    ['TOYGRES_JOB_CONCURRENCY', ['0', '1001', 'many']],
  ])('of %s is answered with the range, in words for people', (name, values) => {
    for (const value of values) {
      expect(() => readConfig({ [name]: value })).toThrow(
        new RegExp(`^${name}: must be a whole number from \\d+ to \\d+$`),
      );
    }
  });

  it.each([
    ['TOYGRES_NAMESPACE', 'Bad', 'must be a namespace name'],
    [
      'TOYGRES_PUBLIC_SOURCE_RANGES',
      '203.0.113.0/24,10.0.0.1',
      'must be ranges like 203.0.113.0/24, separated by commas',
    ],
    ['TOYGRES_PUBLIC_SOURCE_RANGES', '10.0.0.0/33', 'must be ranges like 203.0.113.0/24, separated by commas'],
    ['TOYGRES_PUBLIC_SOURCE_RANGES', '::/129', 'must be ranges like 203.0.113.0/24, separated by commas'],
    ['TOYGRES_SERVER_EGRESS_RANGES', '10.0.0.1', 'must be ranges like 10.1.0.0/16, separated by commas'],
    ['TOYGRES_NODE_SELECTOR', 'pool', 'must be labels like pool=databases, separated by commas'],
    ['TOYGRES_TOLERATIONS', 'a=b:Never', 'must be taints like dedicated=databases:NoSchedule, separated by commas'],
    ['TOYGRES_PRIORITY_CLASS', 'High', 'must be the name of a PriorityClass'],
    ...['0', '2', '255MB', '5000GB', '2gb', '-1GB'].map((value) => [
      'TOYGRES_JOB_MEMORY',
      value,
      'must be like 2GB or 800MB, from 256MB to 4096GB',
    ]),
    ['TOYGRES_SIZE_MARGIN', '0', 'must be a whole number from 1 to 1000'],
    ['TOYGRES_POSTGRES_VERSIONS', '15,14', 'must be major versions from 15 to 18, separated by commas'],
    ...[
      'postgres',
      'registry.example.com:5000/postgres',
      'Postgres:{version}',
      'postgres:{major}',
      'post gres:17',
      'postgres@sha256:abc',
      `postgres@md5:${'0a'.repeat(16)}`,
      'https://registry.example.com/postgres:17',
      '14=postgres:14',
      '15=postgres:15,postgres:17',
      '15=postgres:15,15=postgres:15.2',
    ].map((value) => [
      'TOYGRES_POSTGRES_IMAGE',
      value,
      'must be an image with its tag or digest, like registry.example.com/name:tag, or one for each major version, 15=IMAGE,17=IMAGE',
    ]),
    ['TOYGRES_DNS_SUFFIX', '.cloudapp.azure.com', 'must be a domain like westeurope.cloudapp.azure.com'],
    ['TOYGRES_DNS_SUFFIX', 'a b.example', 'must be a domain like westeurope.cloudapp.azure.com'],
    ['TOYGRES_API_TOKEN', 'two words', 'must be printable ASCII characters without spaces'],
    ['TOYGRES_API_TOKEN', 'line\nend', 'must be printable ASCII characters without spaces'],
    ['TOYGRES_API_TOKEN', 'x'.repeat(31), 'must have at least 32 characters \\(openssl rand -hex 32\\)'],
    ['TOYGRES_ADMIN_USERNAME', ' admin', 'must have 1 to 63 characters that can be seen, and no space at its ends'],
    ['TOYGRES_ADMIN_PASSWORD', 'elevenchars', 'must have 12 to 128 characters and no control characters'],
    [
      'TOYGRES_PUBLIC_URL',
      'https://example.com/a?b',
      'must be like https://toygres.example.com, or with a path, https://example.com/toygres',
    ],
    ['HTTPS_PROXY', 'socks5://u:secret@proxy', 'must be the URL of an HTTP proxy, like http://proxy.example.com:3128'],
    ['TOYGRES_TRUSTED_PROXIES', '10.0.0.1', 'must be ranges like 10.0.0.0/8, separated by commas'],
    ['TOYGRES_OIDC_ROLES', 'dba=OWNER', 'must be like platform-admins=ADMIN,dba=OPERATOR'],
    ['TOYGRES_OIDC_ROLES', 'dba=ADMIN,dba=VIEWER', 'must be like platform-admins=ADMIN,dba=OPERATOR'],
  ])('of %s is one line without patterns: %j', (name, value, rule) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name}: ${rule}$`));
  });

  it.each(['*', 'example.com', 'https://example.com/', 'https://example.com:443', 'null', 'file:///'])(
    'among the allowed origins is what no browser would send: %s',
    (origin) => {
      expect(() => readConfig({ TOYGRES_ALLOWED_ORIGINS: `https://a.example,${origin}` })).toThrow(
        /^TOYGRES_ALLOWED_ORIGINS: must be origins like https:\/\/console\.example\.com, without a path, separated by commas$/,
      );
    },
  );
});

it('every setting of the contract is taken, also one that nothing reads yet', () => {
  const config = readConfig({
    PORT: '0',
    HOST: '0.0.0.0',
    TOYGRES_PLATFORM: 'local',
    TOYGRES_NAMESPACE: 'one',
    TOYGRES_NAMESPACES: 'two,three',
    TOYGRES_POSTGRES_IMAGE: 'registry/postgres:{version}',
    TOYGRES_DURABLE_IMAGE: 'registry/durable:{version}',
    TOYGRES_JOB_IMAGE: 'registry/job:{release}-pg{version}',
    TOYGRES_DURABLE_JOB_IMAGE: 'registry/job-durable:{release}-pg{version}',
    TOYGRES_POSTGRES_VERSIONS: '15, 17',
    TOYGRES_SERVER_EGRESS_RANGES: '10.1.0.0/16',
    TOYGRES_NODE_SELECTOR: 'pool=databases',
    TOYGRES_TOLERATIONS: 'dedicated=databases:NoSchedule,spot',
    TOYGRES_PRIORITY_CLASS: 'databases',
    TOYGRES_STORAGE_CLASS: 'fast',
    TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID: '5f0b1f5e-9a55-4f0e-8a2a-0d4d1c5b7a10',
    TOYGRES_PUBLIC_SOURCE_RANGES: '203.0.113.0/24, 2001:db8::/32',
    TOYGRES_DNS_SUFFIX: 'westeurope.cloudapp.azure.com',
    AZURE_STORAGE_ACCOUNT: 'account1',
    TOYGRES_IMAGE_CONTAINER: 'backups',
    TOYGRES_ADMIN_USERNAME: 'root',
    TOYGRES_ADMIN_PASSWORD: 'anything at all',
    TOYGRES_API_TOKEN: 'a-token-of-just-thirty-two-chars',
    TOYGRES_PUBLIC_URL: 'https://toygres.example.com/',
    TOYGRES_TRUSTED_PROXIES: '10.0.0.0/8',
    TOYGRES_OIDC_ISSUER: 'https://login.example.com/tenant',
    TOYGRES_OIDC_CLIENT_ID: 'toygres',
    TOYGRES_OIDC_CLIENT_SECRET: 'anything',
    TOYGRES_OIDC_ROLES: 'platform-admins=ADMIN, dba=OPERATOR',
    TOYGRES_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    TOYGRES_ENCRYPT_IMAGES: 'false',
    TOYGRES_WORKER_CONCURRENCY: '1',
    TOYGRES_JOB_CONCURRENCY: '3',
    TOYGRES_JOB_MEMORY: '2GB',
    LOG_LEVEL: 'debug',
  });
  expect(config.kubernetes).toMatchObject({
    publicSourceRanges: ['203.0.113.0/24', '2001:db8::/32'],
    dnsSuffix: 'westeurope.cloudapp.azure.com',
  });
  expect(config).toMatchObject({
    adminPassword: 'anything at all',
    publicUrl: 'https://toygres.example.com',
    oidc: { issuer: 'https://login.example.com/tenant', clientId: 'toygres' },
  });
  expect([...(config.oidc?.roles ?? [])]).toEqual([
    ['platform-admins', 'ADMIN'],
    ['dba', 'OPERATOR'],
  ]);
  expect(config).toMatchObject({
    port: 0,
    apiToken: 'a-token-of-just-thirty-two-chars',
    jobConcurrency: 3,
    jobMemoryBytes: 2 ** 31,
    namespaces: ['one', 'two', 'three'],
  });
});
