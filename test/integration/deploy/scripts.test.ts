import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AzureCheckout, makeAzureCheckout } from '../../support/azure-checkout.ts';
import { ROOT } from '../../support/source-files.ts';

const run = promisify(execFile);
const LOCATION = ['--location', 'westeurope'];
const SCRIPTS = [...globSync('deploy/**/*.sh', { cwd: ROOT }), ...globSync('test/support/stand-ins/*', { cwd: ROOT })];
const hasShellcheck = await run('shellcheck', ['--version']).then(
  () => true,
  () => false,
);

let azure: AzureCheckout;

beforeEach(async () => {
  azure = await makeAzureCheckout();
});

afterEach(() => azure.stop());

test.each([
  { args: [], says: '--location must be the name of a region' },
  { args: ['--location'], says: '--location needs a value' },
  { args: ['--location', '--name'], says: '--location needs a value' },
  { args: ['--location', 'west europe'], says: '--location must be the name of a region' },
  { args: [...LOCATION, '--name', 'Big'], says: '--name must be' },
  { args: [...LOCATION, '--name', '$(touch pwned)'], says: '--name must be' },
  { args: [...LOCATION, '--node-count', '0'], says: '--node-count must be a number' },
  { args: [...LOCATION, '--force'], says: 'there is no option --force' },
])('setup-infra.sh refuses $args before anything is asked of Azure', async ({ args, says }) => {
  const { code, errors } = await azure.run('setup-infra.sh', args);
  expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining(says) });
  expect(errors).toContain('usage: setup-infra.sh');
  expect(await azure.calls()).toEqual([]);
});

test.each([
  { url: 'mysql://x', says: 'must be a postgresql:// URL' },
  { url: 'postgresql://u:p@h/d", "x": "y', says: 'must be a postgresql:// URL' },
  { url: 'postgresql://u:secret@h/d', says: 'must say sslmode=require' },
])('setup-infra.sh refuses a DATABASE_URL that $says, without repeating it', async ({ url, says }) => {
  const { code, errors } = await azure.run('setup-infra.sh', LOCATION, { DATABASE_URL: url });
  expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining(says) });
  expect(errors).not.toContain(url);
});

test.each([
  { args: ['--dns-label'], says: '--dns-label needs a value' },
  { args: ['--dns-label', '--https'], says: '--dns-label needs a value' },
  { args: ['--dns-label', "a'; touch pwned; '"], says: '--dns-label must be' },
  { args: ['--dns-label', 'UPPER'], says: '--dns-label must be' },
  { args: ['--dns-label', `a${'b'.repeat(63)}`], says: '--dns-label must be' },
  { args: ['--name', 'a'], says: '--name must be' },
  { args: ['now'], says: 'there is no option now' },
])('deploy-to-aks.sh refuses $args before anything is asked of Azure', async ({ args, says }) => {
  const { code, errors } = await azure.run('deploy-to-aks.sh', args);
  expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining(says) });
  expect(errors).toContain('usage: deploy-to-aks.sh');
  expect(await azure.calls()).toEqual([]);
});

test('bash can read every script', async () => {
  expect(SCRIPTS).toContain('deploy/setup-infra.sh');
  for (const script of SCRIPTS) await run('bash', ['-n', script], { cwd: ROOT });
});

test.skipIf(!hasShellcheck)('shellcheck finds nothing in them (skipped where it is not installed)', async () => {
  await run('shellcheck', ['-x', ...SCRIPTS], { cwd: ROOT });
});
