import { expect, test } from 'vitest';
import { readConfig } from '../../../src/config/env.ts';

test('nothing set means embedded defaults on loopback', () => {
  expect(readConfig({})).toMatchObject({
    port: 8080,
    host: '127.0.0.1',
    databaseUrl: null,
    platform: 'local',
    namespaces: ['toygres-managed'],
    imageContainer: 'images',
    defaultImageMethod: 'LOGICAL',
    encryptImages: false,
    workerConcurrency: 4,
    jobConcurrency: 2,
  });
});

test('an empty variable counts as unset', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '', AZURE_STORAGE_ACCOUNT: '' })).toMatchObject({
    port: 8080,
    databaseUrl: null,
    storageAccount: null,
  });
});

test('each bad value is named on a line of its own, and no value is repeated', () => {
  const bad = {
    PORT: '80x',
    DATABASE_URL: 'mysql://me:hunter2@db',
    TOYGRES_ENCRYPTION_KEY: 'c2hvcnQ=',
    LOG_LEVEL: 'loud',
  };
  let message = '';
  try {
    readConfig(bad);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message.split('\n').map((line) => line.split(':')[0])).toEqual(Object.keys(bad));
  for (const value of Object.values(bad)) expect(message).not.toContain(value);
});

test('an account and a connection string at once are refused', () => {
  expect(() =>
    readConfig({ AZURE_STORAGE_ACCOUNT: 'account1', AZURE_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true' }),
  ).toThrow('keep one of them');
});

test('further namespaces follow the default one, each once', () => {
  expect(readConfig({ TOYGRES_NAMESPACE: 'a', TOYGRES_NAMESPACES: 'b, a,c' }).namespaces).toEqual(['a', 'b', 'c']);
});

test('what is kept how long has defaults, and takes days of one and more', () => {
  const { driftGraceSeconds, keepDays } = readConfig({});
  expect({ driftGraceSeconds, keepDays }).toEqual({
    driftGraceSeconds: 900,
    keepDays: { operations: 30, healthChecks: 7, jobLogs: 30 },
  });
  expect(readConfig({ TOYGRES_DRIFT_GRACE_SECONDS: '0', TOYGRES_KEEP_HEALTH_DAYS: '1' })).toMatchObject({
    driftGraceSeconds: 0,
    keepDays: { healthChecks: 1 },
  });
  expect(() => readConfig({ TOYGRES_KEEP_OPERATIONS_DAYS: '0' })).toThrow(/^TOYGRES_KEEP_OPERATIONS_DAYS: /);
});
