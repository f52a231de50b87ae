import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { azuriteConnectionString } from '../support/azurite.ts';
import { listTree, makeE2eHome } from '../support/e2e-server.ts';

describe('a server that cannot start', () => {
  test('because its port is taken: it stops all that it had started', async () => {
    const other = await makeE2eHome('port');
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const address = holder.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    try {
      const { code, output } = await other.startInVain('standalone', { PORT: port });
      expect([code, output]).toEqual([1, expect.stringContaining(port)]);
      expect(await other.processes()).toEqual([]);
      // Nobody has been told a password yet, so that none was made.
      const password = path.join(other.directory, 'admin-password');
      expect(existsSync(password)).toBe(false);
      const later = await other.start();
      expect(existsSync(password)).toBe(true);
      await later.stop();
    } finally {
      holder.close();
      await other.stop();
    }
  });

  test('because its home cannot be one', async () => {
    const other = await makeE2eHome('no-home');
    try {
      const parent = path.dirname(other.directory);
      await writeFile(path.join(parent, 'file'), '');
      await mkdir(path.join(parent, 'taken'));
      for (const TOYGRES_HOME of [path.join(parent, 'file'), path.join(parent, 'file/below'), '/proc/toygres']) {
        const { code, output } = await other.startInVain('standalone', { TOYGRES_HOME });
        expect([code, output]).toEqual([1, expect.stringContaining(`TOYGRES_HOME ${TOYGRES_HOME}`)]);
        expect(output.trim().split('\n')).toHaveLength(1);
      }
    } finally {
      await other.stop();
    }
  });

  test('because its settings are wrong: one line for each, and no value repeated', async () => {
    const other = await makeE2eHome('settings');
    const bad = {
      PORT: '99999',
      DATABASE_URL: 'mysql://me:hunter2-hunter2@db',
      TOYGRES_API_TOKEN: 'two words',
      TOYGRES_ENCRYPTION_KEY: 'aHVudGVyMg==',
      LOG_LEVEL: 'loud',
    };
    try {
      const { code, output } = await other.startInVain('standalone', bad);
      expect(code).toBe(1);
      const named = output
        .trim()
        .split('\n')
        .map((line) => line.split(':')[1]?.trim());
      expect(named.toSorted()).toEqual(Object.keys(bad).toSorted());
      for (const value of Object.values(bad)) expect(output).not.toContain(value);
      expect(await listTree(other.directory)).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  test('because what it shares with others is missing or wrong', async () => {
    const other = await makeE2eHome('shared');
    const key = randomBytes(32).toString('base64');
    const wrong = new URL(inject('postgresUrl'));
    wrong.password = 'hunter2-hunter2';
    try {
      const alone = await other.startInVain('worker');
      expect(alone.output).toMatch(/DATABASE_URL and AZURE_STORAGE_ACCOUNT/);
      const shared = { DATABASE_URL: wrong.href, AZURE_STORAGE_CONNECTION_STRING: 'not one' };
      expect((await other.startInVain('api', shared)).output).toMatch(/TOYGRES_ENCRYPTION_KEY/);
      const keyed = { ...shared, TOYGRES_ENCRYPTION_KEY: key };
      expect((await other.startInVain('api', keyed)).output).toMatch(/AZURE_STORAGE_CONNECTION_STRING/);
      const account = azuriteConnectionString(1);
      const { code, output } = await other.startInVain('api', { ...keyed, AZURE_STORAGE_CONNECTION_STRING: account });
      expect([code, output]).toEqual([1, expect.stringContaining('password authentication failed')]);
      expect(output).not.toMatch(/hunter2|node_modules/);
    } finally {
      await other.stop();
    }
  });
});
