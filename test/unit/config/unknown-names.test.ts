import { expect, it, test } from 'vitest';
import { readConfig } from '../../../src/config/env.ts';

it.each([
  ['TOYGRES_JOB_CONCURENCY', 'TOYGRES_JOB_CONCURRENCY'],
  ['TOYGRES_ENCRYPTIONKEY', 'TOYGRES_ENCRYPTION_KEY'],
  ['TOYGRES_NAMSPACES', 'TOYGRES_NAMESPACES'],
  ['TOYGRES_HOEM', 'TOYGRES_HOME'],
  ['TOYGRES_PROT', 'PORT'],
  ['TOYGRES_PORT', 'PORT'],
  ['TOYGRES_DATABASE_URL', 'DATABASE_URL'],
  ['TOYGRES_LOGLEVEL', 'LOG_LEVEL'],
])('a typo is refused with the name that was meant: %s', (typo, meant) => {
  expect(() => readConfig({ [typo]: 'secret value' })).toThrow(
    new RegExp(`^${typo}: is not a setting of Toygres; ${meant} is meant\\?$`),
  );
});

test('what is like no setting is refused without a guess, beside what else is bad', () => {
  expect(() => readConfig({ TOYGRES_FAVOURITE_COLOUR_OF_ALL: 'blue', PORT: 'x' })).toThrow(
    /^PORT: .*\nTOYGRES_FAVOURITE_COLOUR_OF_ALL: is not a setting of Toygres; unset it$/,
  );
});

test('what Kubernetes tells of a service named toygres-api is no setting, in a pod', () => {
  const told = {
    TOYGRES_API_SERVICE_HOST: '10.0.0.1',
    TOYGRES_API_PORT_8080_TCP_ADDR: '10.0.0.1',
    TOYGRES_API_PORT: 'x',
  };
  expect(readConfig({ ...told, KUBERNETES_SERVICE_HOST: '10.96.0.1' })).toMatchObject({ port: 8080 });
  expect(() => readConfig(told)).toThrow(/TOYGRES_API_SERVICE_HOST/);
});

test('what the command line reads may stand beside', () => {
  expect(readConfig({ TOYGRES_URL: 'http://127.0.0.1:8080', TOYGRES_TOKEN: 'a' })).toMatchObject({ port: 8080 });
});
