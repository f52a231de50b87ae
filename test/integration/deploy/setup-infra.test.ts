import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../../src/config/env.ts';
import { type AzureCheckout, makeAzureCheckout } from '../../support/azure-checkout.ts';

const LOCATION = ['--location', 'westeurope'];

let azure: AzureCheckout;

beforeEach(async () => {
  azure = await makeAzureCheckout();
});

afterEach(() => azure.stop());

async function secret(): Promise<Readonly<Record<string, string>>> {
  return JSON.parse((await azure.kept('secret')) ?? '{}').stringData;
}

test('makes all that is needed, once: the second run changes nothing', async () => {
  expect(await azure.run('setup-infra.sh', LOCATION)).toMatchObject({ code: 0 });
  const made = await azure.changes();
  expect(made.map((call) => call.replace(/ --.*/, ''))).toEqual([
    'az group create',
    'az acr create',
    'az aks create',
    'az storage account create',
    'az storage container-rm create',
    'az storage account blob-service-properties update',
    'az storage account management-policy create',
    'az identity create',
    'az role assignment create',
    'az identity federated-credential create',
    'az identity create',
    'az role definition create',
    'az role assignment create',
    'az identity federated-credential create',
    'kubectl',
    'az deployment group create',
  ]);
  expect(await azure.run('setup-infra.sh', LOCATION)).toMatchObject({ code: 0 });
  expect(await azure.changes()).toEqual(made);
});

test('keeps versions and what is deleted for two weeks, and images for as long as it is told', async () => {
  await azure.run('setup-infra.sh', [...LOCATION, '--immutable-days', '30']);
  const calls = await azure.changes();
  expect(calls.filter((call) => call.includes(' update '))).toEqual([
    expect.stringMatching(
      /--enable-versioning true --enable-delete-retention true --delete-retention-days 14 --enable-container-delete-retention true --container-delete-retention-days 14/,
    ),
  ]);
  const policies = () =>
    azure.changes().then((all) => all.filter((call) => call.includes('immutability-policy create')));
  expect(await policies()).toEqual([expect.stringMatching(/--container-name images --period 30 /)]);
  await azure.run('setup-infra.sh', [...LOCATION, '--immutable-days', '30']);
  await azure.run('setup-infra.sh', LOCATION);
  expect(await policies()).toHaveLength(1);
  const { code, errors } = await azure.run('setup-infra.sh', [...LOCATION, '--immutable-days', 'ever']);
  expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('--immutable-days must be a number') });
});

test('with zones makes nodes, blobs and the database so that they outlive the end of one', async () => {
  expect(await azure.run('setup-infra.sh', [...LOCATION, '--zones', '1,2,3'])).toMatchObject({ code: 0 });
  const calls = await azure.changes();
  const of = (words: string) => calls.find((call) => call.includes(words)) ?? '';
  expect(of('aks create')).toMatch(/--node-count 3 --zones 1 2 3 /);
  expect(of('storage account create')).toContain('--sku Standard_ZRS ');
  expect(JSON.parse((await azure.kept('parameters')) ?? '{}').parameters.zoneRedundant).toEqual({ value: true });
  for (const zones of ['1', '3,2', '1,2,4', 'all']) {
    const { code, errors } = await azure.run('setup-infra.sh', [...LOCATION, '--zones', zones]);
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('--zones must be two or three') });
  }
});

test('makes nodes for servers alone, which nothing else comes to', async () => {
  expect(await azure.run('setup-infra.sh', [...LOCATION, '--server-nodes', '3', '--zones', '1,2'])).toMatchObject({
    code: 0,
  });
  const added = (await azure.changes()).filter((call) => call.includes('nodepool add'));
  expect(added).toEqual([
    expect.stringMatching(
      /--name servers --mode User --node-vm-size Standard_D4s_v5 --node-count 3 --zones 1 2 --labels pool=servers --node-taints dedicated=servers:NoSchedule /,
    ),
  ]);
  await azure.run('setup-infra.sh', [...LOCATION, '--server-nodes', '3']);
  expect((await azure.changes()).filter((call) => call.includes('nodepool add'))).toEqual(added);
});

test('with --entra the database takes tokens of the identity, and there is no password at all', async () => {
  expect(await azure.run('setup-infra.sh', [...LOCATION, '--entra'])).toMatchObject({ code: 0 });
  const { DATABASE_URL = '' } = await secret();
  expect(DATABASE_URL).toMatch(
    /^postgresql:\/\/toygres@toygres-[0-9a-f]{6}\.postgres\.database\.azure\.com:5432\/toygres\?sslmode=verify-full$/,
  );
  expect(() =>
    readConfig({
      DATABASE_URL,
      TOYGRES_DATABASE_LOGIN: 'entra',
      TOYGRES_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
    }),
  ).not.toThrow();
  const { parameters } = JSON.parse((await azure.kept('parameters')) ?? '{}');
  expect([parameters.password.value, parameters.identity.value, parameters.principal.value]).toEqual([
    '',
    'toygres',
    'principalId',
  ]);
  const template = JSON.parse(await readFile(path.join(azure.directory, 'deploy/lib/database.json'), 'utf8'));
  for (const name of Object.keys(parameters)) expect(Object.keys(template.parameters)).toContain(name);
  await azure.forget('deployment_group_toygres-database');
  const other = await azure.run('setup-infra.sh', LOCATION);
  expect(other).toMatchObject({ code: 1, errors: expect.stringContaining('was made with --entra') });
});

test('without zones makes what is the least', async () => {
  await azure.run('setup-infra.sh', LOCATION);
  const calls = (await azure.changes()).join('\n');
  expect(calls).toMatch(/--node-count 2 --enable-managed-identity/);
  expect(calls).toContain('--sku Standard_LRS ');
  expect(JSON.parse((await azure.kept('parameters')) ?? '{}').parameters.zoneRedundant).toEqual({ value: false });
});

test('lets the accounts of the server and of its jobs sign in, by their names in the cluster', async () => {
  await azure.run('setup-infra.sh', LOCATION);
  const subjects = (await azure.calls()).flatMap((call) => /--subject (\S+)/.exec(call)?.[1] ?? []);
  expect(subjects).toEqual([
    'system:serviceaccount:toygres-system:toygres',
    'system:serviceaccount:toygres-managed:toygres-jobs',
  ]);
});

test('jobs sign in as an identity of their own, which reads and writes images and deletes nothing', async () => {
  await azure.run('setup-infra.sh', LOCATION);
  const calls = await azure.changes();
  const of = (words: string) => calls.filter((call) => call.includes(words));
  expect(
    of('federated-credential create').map((call) => /--identity-name (\S+) --name (\S+)/.exec(call)?.slice(1)),
  ).toEqual([
    ['toygres', 'server'],
    ['toygres-jobs', 'jobs'],
  ]);
  const [server = '', jobs = ''] = of('role assignment create');
  expect(server).toContain('Storage\\ Blob\\ Data\\ Contributor');
  expect(jobs).toMatch(/--role Toygres\\ jobs\\ of\\ toygres[0-9a-f]{6} --scope \S+\/containers\/images /);
  const role = JSON.parse((await azure.kept('job-role')) ?? '{}');
  expect(role.Actions).toEqual([]);
  expect(role.DataActions.map((action: string) => action.split('/blobs/')[1])).toEqual(['read', 'write', 'add/action']);
  expect(role.NotDataActions.join()).toMatch(/blobs\/delete,/);
});

test('an installation whose jobs signed in as the server does has that taken back', async () => {
  await azure.run('setup-infra.sh', LOCATION);
  await azure.keep('identity_federated-credential_toygres_jobs', '');
  await azure.run('setup-infra.sh', LOCATION);
  await azure.run('setup-infra.sh', LOCATION);
  expect((await azure.changes()).filter((call) => call.includes(' delete '))).toEqual([
    expect.stringMatching(/federated-credential delete .*--identity-name toygres --name jobs /),
  ]);
});

test('tells no secret on any command line, and gives the database the password that the Secret holds', async () => {
  await azure.run('setup-infra.sh', LOCATION);
  const { DATABASE_URL = '', ...others } = await secret();
  const { password, hostname, searchParams } = new URL(DATABASE_URL);
  expect({ hostname, sslmode: searchParams.get('sslmode') }).toEqual({
    hostname: expect.stringMatching(/^toygres-[0-9a-f]{6}\.postgres\.database\.azure\.com$/),
    sslmode: 'require',
  });
  expect(Buffer.from(others.TOYGRES_ENCRYPTION_KEY ?? '', 'base64')).toHaveLength(32);
  const { parameters } = JSON.parse((await azure.kept('parameters')) ?? '{}');
  expect(parameters.password.value).toBe(password);
  const calls = (await azure.calls()).join('\n');
  for (const text of [password, ...Object.values(others)]) {
    expect(text.length).toBeGreaterThan(20);
    expect(calls).not.toContain(text);
  }
});

test('goes on after a run that broke off, with the same password', async () => {
  await azure.keep('refuse', 'deployment group create');
  expect(await azure.run('setup-infra.sh', LOCATION)).toMatchObject({ code: 1 });
  const before = await secret();
  await azure.forget('refuse');
  expect(await azure.run('setup-infra.sh', LOCATION)).toMatchObject({ code: 0 });
  expect(await secret()).toEqual(before);
  const { parameters } = JSON.parse((await azure.kept('parameters')) ?? '{}');
  expect(before.DATABASE_URL).toContain(`:${parameters.password.value}@`);
});

test('takes a database that is given, and makes none', async () => {
  const url = 'postgresql://me:a%24%27b%60@db.example.com/records?sslmode=require';
  expect(await azure.run('setup-infra.sh', LOCATION, { DATABASE_URL: url })).toMatchObject({ code: 0 });
  expect((await secret()).DATABASE_URL).toBe(url);
  const calls = (await azure.calls()).join('\n');
  expect(calls).not.toContain('deployment');
  expect(calls).not.toContain('a%24');
});

test('does not take for absent what it may not read', async () => {
  await azure.keep('refuse', 'acr show');
  const { code, errors } = await azure.run('setup-infra.sh', LOCATION);
  expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('AuthorizationFailed') });
  expect((await azure.changes()).join('\n')).not.toContain('acr create');
});

test('the template of the database holds no password of its own', async () => {
  const template = JSON.parse(await readFile(path.join(azure.directory, 'deploy/lib/database.json'), 'utf8'));
  expect(template.parameters.password).toEqual({ type: 'securestring' });
  expect(template.resources.map(({ type }: { type: string }) => type.split('/').at(-1))).toEqual([
    'flexibleServers',
    'databases',
    'administrators',
    'firewallRules',
  ]);
});
