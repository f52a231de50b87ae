import { expect, test } from 'vitest';
import { buildPsqlEnvironment } from '../../../src/cli/commands/instances/psql-environment.ts';

const WHERE = 'postgresql://app:p%40ss@[::1]:6543/a%2Fpp?sslmode=verify-full';

test('psql is led to the instance alone, as the login that was asked for, by whatever its caller has set for other servers', () => {
  const own = {
    HOME: '/home/ann',
    PAGER: 'less',
    PGAPPNAME: 'mine',
    PGSSLROOTCERT: '/ca.pem',
    PGHOST: 'elsewhere',
    PGHOSTADDR: '192.0.2.1',
    PGSERVICE: 'production',
    PGSERVICEFILE: '/services',
    PGUSER: 'postgres',
    PGPASSWORD: 'another',
    PGSSLMODE: 'disable',
  };
  expect(buildPsqlEnvironment(WHERE, own)).toEqual({
    HOME: '/home/ann',
    PAGER: 'less',
    PGAPPNAME: 'mine',
    PGSSLROOTCERT: '/ca.pem',
    PGHOST: '::1',
    PGPORT: '6543',
    PGUSER: 'app',
    PGPASSWORD: 'p@ss',
    PGDATABASE: 'a/pp',
    PGSSLMODE: 'verify-full',
  });
  expect(buildPsqlEnvironment('postgresql://u@h', {})).toMatchObject({ PGPORT: '5432', PGDATABASE: 'postgres' });
});
