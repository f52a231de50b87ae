import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
  { args: [...LOCATION, '--server-nodes', 'many'], says: '--server-nodes must be a number' },
  { args: [...LOCATION, '--server-node-size', '$(id)'], says: '--server-node-size must be the name' },
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
  { args: ['--source', 'library'], says: '--source must be a registry' },
  { args: ['now'], says: 'there is no option now' },
])('deploy-to-aks.sh refuses $args before anything is asked of Azure', async ({ args, says }) => {
  const { code, errors } = await azure.run('deploy-to-aks.sh', args);
  expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining(says) });
  expect(errors).toContain('usage: deploy-to-aks.sh');
  expect(await azure.calls()).toEqual([]);
});

/** Calls that only look; the first is into a file of the script's own. */
const LOOK = / (show|list|get) |get-credentials .*--file /;
const commandsOf = (output: string) => output.split('\n').filter((line) => /^(az|docker|kubectl|cosign) /.test(line));

describe('with --dry-run', () => {
  const trials = (text: string) =>
    text.replaceAll(/\/tmp\/tmp\.\w+|\.overlay-\w+/g, 'TRIAL').replaceAll(/\\?<[^>]*>/g, 'LATER');

  test('both scripts make and change nothing where nothing is, and print what they would', async () => {
    const setup = await azure.run('setup-infra.sh', [...LOCATION, '--dry-run']);
    const deploy = await azure.run('deploy-to-aks.sh', ['--dry-run']);
    for (const { code, errors } of [setup, deploy]) {
      expect({ code, errors }).toEqual({ code: 0, errors: expect.stringContaining('nothing was made or changed') });
    }
    expect((await azure.calls()).filter((call) => !LOOK.test(call))).toEqual([]);
    expect(await azure.kept('secret')).toBeNull();
    expect(deploy.output).toContain('#     - { name: toygres/server, newName: <');
  });

  test.each([
    ['the least', []],
    [
      'all',
      ['--server-nodes', '3', '--server-node-size', 'Standard_E4s_v5', '--private', '--entra', '--zones', '1,2,3'],
    ],
  ])('setup-infra.sh prints exactly the commands that it then runs, with %s', async (_, more) => {
    const { output } = await azure.run('setup-infra.sh', [...LOCATION, ...more, '--dry-run']);
    await azure.keep('calls', '');
    expect(await azure.run('setup-infra.sh', [...LOCATION, ...more])).toMatchObject({ code: 0 });
    const ran = (await azure.calls()).filter((call) => !/ (show|list|get) /.test(call));
    // What names a thing that is not made yet is known later.
    const shape = (call: string) =>
      trials(call)
        .replace(/--assignee-object-id \S.*? --assignee-p/, '--assignee-object-id LATER --assignee-p')
        .replace(/--scope .*? --output/, '--scope LATER --output')
        .replace(/--vnet-subnet-id .*? (--enable|--labels)/, '--vnet-subnet-id LATER $1')
        .replace(/--private-connection-resource-id .*? --group-id/, '--private-connection-resource-id LATER --group-id')
        .replace(/--issuer .*? --subject/, '--issuer LATER --subject');
    expect(commandsOf(output).map(shape)).toEqual(ran.map(shape));
    expect(ran.length).toBeGreaterThan(12);
  });

  test('only what is missing is printed, and nothing of the secrets that are there', async () => {
    await azure.run('setup-infra.sh', LOCATION);
    await azure.forget('identity_federated-credential_toygres-jobs_jobs');
    const federations = (await azure.calls()).filter((call) => / federated-credential create /.test(call));
    await azure.keep('calls', '');
    const { code, output } = await azure.run('setup-infra.sh', [...LOCATION, '--dry-run']);
    expect(code).toBe(0);
    const made = commandsOf(output).filter((command) => / create /.test(command));
    expect(made).toEqual(federations.filter((call) => call.includes('--name jobs')));
    expect(made).toHaveLength(1);
    expect((await azure.calls()).filter((call) => !LOOK.test(call))).toEqual([]);
    const secret = JSON.parse((await azure.kept('secret')) ?? '{}').stringData as Record<string, string>;
    expect(Object.keys(secret)).toHaveLength(3);
    for (const value of Object.values(secret)) expect(output).not.toContain(value);
  });

  test('what may not be read ends it, and is not taken for absent', async () => {
    await azure.keep('refuse', 'identity show');
    const { code, errors } = await azure.run('deploy-to-aks.sh', ['--dry-run']);
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('AuthorizationFailed') });
  });
});

test('bash can read every script', async () => {
  expect(SCRIPTS).toContain('deploy/setup-infra.sh');
  for (const script of SCRIPTS) await run('bash', ['-n', script], { cwd: ROOT });
});

test.skipIf(!hasShellcheck)('shellcheck finds nothing in them (skipped where it is not installed)', async () => {
  await run('shellcheck', ['-x', ...SCRIPTS], { cwd: ROOT });
});
