import { appendFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { imageFor } from '../../../src/config/container-images.ts';
import { readConfig } from '../../../src/config/env.ts';
import { type AzureCheckout, makeAzureCheckout } from '../../support/azure-checkout.ts';

let azure: AzureCheckout;

beforeEach(async () => {
  azure = await makeAzureCheckout();
  expect(await azure.run('setup-infra.sh', ['--location', 'westeurope'])).toMatchObject({ code: 0 });
  await azure.keep('calls', '');
});

afterEach(() => azure.stop());

async function images(verb: string): Promise<readonly string[]> {
  const pattern = new RegExp(`^docker ${verb} (?:.* --tag )?(\\S+)`);
  return (await azure.calls()).flatMap((call) => pattern.exec(call)?.[1] ?? []);
}

test('builds, pushes, applies, waits, and says where the API is and how to get the token', async () => {
  const { code, output, errors } = await azure.run('deploy-to-aks.sh', ['--dns-label', 'my-toygres']);
  expect(code, errors).toBe(0);
  expect(output).toContain('https://my-toygres.westeurope.cloudapp.azure.com/graphql');
  expect(output).toContain('get secret toygres --output');
  expect(errors).not.toContain('unencrypted');
  const pushed = (await images('push')).map((image) => image.replace(/0\.1\.0-[0-9a-f]{12}/, 'TAG'));
  expect(pushed).toEqual([
    'toygresregistry.azurecr.io/toygres/server:TAG',
    ...[15, 16, 17, 18].map((major) => `toygresregistry.azurecr.io/toygres/job:TAG-pg${major}`),
  ]);
  expect(await images('build')).toEqual(await images('push'));
  const steps = (await azure.calls()).flatMap(
    (call) => / (apply|rollout|acr login|push|health) ?/.exec(call)?.[1] ?? [],
  );
  expect([...new Set(steps)]).toEqual(['acr login', 'push', 'apply', 'rollout']);
  expect((await azure.calls()).at(-1)).toContain('/health');
});

test('the second run builds nothing and applies the same', async () => {
  await azure.run('deploy-to-aks.sh', ['--https']);
  const applied = await azure.kept('kustomization.yaml');
  await azure.keep('calls', '');
  expect(await azure.run('deploy-to-aks.sh', ['--https'])).toMatchObject({ code: 0 });
  expect(await images('(?:build|push)')).toEqual([]);
  expect(await azure.kept('kustomization.yaml')).toBe(applied);
});

test('a checkout that was changed gets images of its own', async () => {
  await azure.run('deploy-to-aks.sh', []);
  await appendFile(path.join(azure.directory, 'package.json'), '\n');
  await azure.keep('calls', '');
  await azure.run('deploy-to-aks.sh', []);
  expect(await images('push')).toHaveLength(5);
  expect((await images('push'))[0]).toMatch(/:0\.1\.0-[0-9a-f]{12}-[0-9a-f]{8}$/);
});

test('puts the names of this deployment on top of the overlay, and no secret', async () => {
  await azure.run('deploy-to-aks.sh', ['--dns-label', 'my-toygres']);
  const text = (await azure.kept('kustomization.yaml')) ?? '';
  const { resources, components, images, configMapGenerator } = parse(text);
  expect({ resources, components }).toEqual({ resources: ['../overlays/aks'], components: ['../components/https'] });
  const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
  expect(images).toEqual([{ name: 'toygres/server', newName: 'toygresregistry.azurecr.io/toygres/server', digest }]);
  expect(configMapGenerator[0].literals).toEqual([
    expect.stringMatching(/^AZURE_STORAGE_ACCOUNT=toygres[0-9a-f]{6}$/),
    'TOYGRES_IMAGE_CONTAINER=images',
    'TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID=22222222-2222-2222-2222-222222222222',
    expect.stringMatching(/^TOYGRES_JOB_IMAGE=15=toygresregistry\.azurecr\.io\/toygres\/job@sha256:[0-9a-f]{64},16=/),
    expect.stringMatching(/^TOYGRES_POSTGRES_IMAGE=15=toygresregistry\.azurecr\.io\/postgres@sha256:[0-9a-f]{64},16=/),
    'TOYGRES_DNS_SUFFIX=westeurope.cloudapp.azure.com',
  ]);
  expect(text).toContain("value: 'my-toygres.westeurope.cloudapp.azure.com'");
  const { stringData } = JSON.parse((await azure.kept('secret')) ?? '{}') as { stringData: Record<string, string> };
  for (const value of Object.values(stringData)) {
    expect(text).not.toContain(value);
    expect((await azure.calls()).join('\n')).not.toContain(value);
  }
});

test('what runs is named by its digest, for settings that a start takes, and nothing comes from elsewhere', async () => {
  await azure.run('deploy-to-aks.sh', []);
  const text = (await azure.kept('kustomization.yaml')) ?? '';
  const literals: string[] = parse(text).configMapGenerator[0].literals;
  const settings = Object.fromEntries(literals.map((literal) => literal.split(/=(.*)/s).slice(0, 2)));
  const { images: named } = readConfig({ TOYGRES_PLATFORM: 'kubernetes', ...settings }).kubernetes;
  const all = ['15', '16', '17', '18'].flatMap((version) => [
    imageFor(named.job, version),
    imageFor(named.postgres, version),
  ]);
  expect(new Set(all).size).toBe(8);
  for (const image of all) expect(image).toMatch(/^toygresregistry\.azurecr\.io\/.*@sha256:[0-9a-f]{64}$/);
  expect(text).toMatch(/image: toygresregistry\.azurecr\.io\/caddy@sha256:[0-9a-f]{64}\n/);
  const copies = (calls: readonly string[]) => calls.filter((call) => call.includes(' acr import '));
  expect(copies(await azure.calls()).map((call) => /--source (\S+)/.exec(call)?.[1])).toEqual([
    ...[15, 16, 17, 18].map((major) => `docker.io/library/postgres:${major}`),
    expect.stringMatching(/^docker\.io\/library\/caddy:[0-9.]+-alpine$/),
  ]);
  await azure.keep('calls', '');
  await azure.run('deploy-to-aks.sh', []);
  expect(copies(await azure.calls())).toEqual([]);
  await azure.run('deploy-to-aks.sh', ['--refresh', '--source', 'mirror.example.com/hub']);
  expect(copies(await azure.calls())).toHaveLength(5);
  for (const call of copies(await azure.calls()))
    expect(call).toMatch(/--source mirror\.example\.com\/hub\/.* --force /);
});

test('servers go to nodes of their own and the database takes tokens where it was set up so', async () => {
  await azure.run('deploy-to-aks.sh', []);
  expect(await azure.kept('kustomization.yaml')).not.toMatch(/NODE_SELECTOR|TOLERATIONS|DATABASE_LOGIN/);
  await azure.run('setup-infra.sh', ['--location', 'westeurope', '--server-nodes', '2']);
  const url = 'postgresql://toygres@x.postgres.database.azure.com:5432/toygres?sslmode=verify-full';
  await azure.keep('secret', `{ "stringData": { "DATABASE_URL": "${url}" } }`);
  expect(await azure.run('deploy-to-aks.sh', [])).toMatchObject({ code: 0 });
  const { literals } = parse((await azure.kept('kustomization.yaml')) ?? '').configMapGenerator[0];
  expect(literals.slice(-3)).toEqual([
    'TOYGRES_NODE_SELECTOR=pool=servers',
    'TOYGRES_TOLERATIONS=dedicated=servers:NoSchedule',
    'TOYGRES_DATABASE_LOGIN=entra',
  ]);
});

test('signs each image by its digest and locks its tag where it is told to, once', async () => {
  const more = ['--lock', '--cosign-key', 'azurekms://vault/key'];
  expect(await azure.run('deploy-to-aks.sh', more)).toMatchObject({ code: 0 });
  const calls = await azure.calls();
  const signed = calls.filter((call) => call.startsWith('cosign sign '));
  expect(signed).toHaveLength(5);
  expect(signed[0]).toMatch(
    /--key azurekms:\/\/vault\/key toygresregistry\.azurecr\.io\/toygres\/server@sha256:[0-9a-f]{64}$/,
  );
  const locks = () => azure.calls().then((all) => all.filter((call) => call.includes('--write-enabled false')));
  expect(await locks()).toHaveLength(5);
  await azure.run('deploy-to-aks.sh', more);
  expect(await locks()).toHaveLength(5);
  await azure.keep('calls', '');
  await azure.run('deploy-to-aks.sh', []);
  expect((await azure.calls()).filter((call) => /cosign|write-enabled/.test(call))).toEqual([]);
});

test('with --http, what served HTTPS goes, and the warning says what that means', async () => {
  await azure.run('deploy-to-aks.sh', []);
  await azure.keep('calls', '');
  const { errors } = await azure.run('deploy-to-aks.sh', ['--http']);
  expect(errors).toContain('crosses the internet unencrypted');
  const removals = (await azure.calls()).filter((call) => call.includes(' delete '));
  expect(removals).toEqual([expect.stringContaining('--selector app.kubernetes.io/component=https')]);
});

test('leaves nothing in the checkout, also when it fails, and says where to look', async () => {
  await azure.keep('silent', '');
  const { code, errors } = await azure.run('deploy-to-aks.sh', [], { TOYGRES_DEPLOY_PATIENCE: '0' });
  expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('does not answer') });
  expect(errors).toContain('logs deployment/toygres-https');
  expect((await readdir(path.join(azure.directory, 'deploy'))).filter((name) => name.startsWith('.overlay'))).toEqual(
    [],
  );
});

test.each([
  { made: 'aks_toygres', says: 'there is no cluster toygres: run setup-infra.sh first' },
  { made: 'secret', says: 'there is no Secret toygres in toygres-system: run setup-infra.sh first' },
])('without $made it says what to run first, and builds nothing', async ({ made, says }) => {
  await azure.forget(made);
  const { code, errors } = await azure.run('deploy-to-aks.sh', []);
  expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining(says) });
  expect(await images('build')).toEqual([]);
});
