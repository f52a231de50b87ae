import { expect, test } from 'vitest';
import { formatFields } from '../../../src/cli/output/print.ts';

test('fields are a line each, and what is nested reads as words', () => {
  const shown = formatFields({
    __typename: 'Image',
    id: 'a1',
    description: null,
    labels: [{ key: 'team', value: 'shop' }],
    endpoint: { host: '10.0.0.4', port: 5432, dnsName: null },
    createdBy: { name: 'boss', kind: 'USER' },
    databases: [
      { name: 'app', owner: 'app', sizeBytes: 7 },
      { name: 'post\ngres', owner: 'postgres', sizeBytes: 8 },
    ],
    nextRunsAt: ['2027-01-01', '2027-01-02'],
    findings: [],
    protected: false,
  });
  expect(shown.split('\n')).toEqual([
    'id:         a1',
    'labels:     team=shop',
    'endpoint:   host 10.0.0.4, port 5432',
    'createdBy:  boss (kind USER)',
    'databases:  app (owner app, sizeBytes 7)',
    '            post\\x0agres (owner postgres, sizeBytes 8)',
    'nextRunsAt: 2027-01-01, 2027-01-02',
    'protected:  false',
  ]);
});
