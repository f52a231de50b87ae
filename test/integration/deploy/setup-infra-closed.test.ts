import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AzureCheckout, makeAzureCheckout } from '../../support/azure-checkout.ts';

const LOCATION = ['--location', 'westeurope'];

let azure: AzureCheckout;

beforeEach(async () => {
  azure = await makeAzureCheckout();
});

afterEach(() => azure.stop());

test('with --private store and database have addresses in a network of their own, and no other way in', async () => {
  expect(await azure.run('setup-infra.sh', [...LOCATION, '--private'])).toMatchObject({ code: 0 });
  const made = await azure.changes();
  expect(made.find((call) => call.includes('aks create'))).toContain('--vnet-subnet-id /subscriptions/0/id ');
  const zones = made.flatMap((call) => /dns-zone-group create .* --private-dns-zone (\S+)/.exec(call)?.[1] ?? []);
  expect(zones).toEqual(['privatelink.blob.core.windows.net', 'privatelink.postgres.database.azure.com']);
  expect(made.filter((call) => call.includes('private-dns link vnet create'))).toHaveLength(2);
  const order = made.map((call) => call.replace(/ --.*/, ''));
  expect(order.indexOf('az storage account update')).toBeGreaterThan(
    order.indexOf('az network private-endpoint create'),
  );
  expect(made.find((call) => call.includes('storage account update'))).toContain('--public-network-access Disabled');
  const { parameters } = JSON.parse((await azure.kept('parameters')) ?? '{}');
  expect([parameters.private.value, parameters.clusterAddress.value]).toEqual([true, '']);
  expect(await azure.run('setup-infra.sh', [...LOCATION, '--private'])).toMatchObject({ code: 0 });
  expect(await azure.changes()).toEqual(made);
});

test('--private is refused for a cluster that is in another network, before anything else is changed', async () => {
  await azure.run('setup-infra.sh', LOCATION);
  await azure.keep('calls', '');
  const { code, errors } = await azure.run('setup-infra.sh', [...LOCATION, '--private']);
  expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('was made without --private') });
  expect((await azure.changes()).filter((call) => !call.includes('az network vnet'))).toEqual([]);
});

test('with --private and --reached-from API and registry answer the network and those ranges alone', async () => {
  const ranges = ['--reached-from', '203.0.113.0/24,198.51.100.7/32'];
  const closed = [...LOCATION, '--private', ...ranges];
  expect(await azure.run('setup-infra.sh', closed)).toMatchObject({ code: 0 });
  const made = await azure.changes();
  const of = (words: string) => made.filter((call) => call.includes(words));
  expect(of('aks create')).toEqual([
    expect.stringMatching(/--api-server-authorized-ip-ranges 203\.0\.113\.0\/24\\?,198\.51\.100\.7\/32 /),
  ]);
  expect(of('acr create')).toEqual([expect.stringContaining('--sku Premium')]);
  const zones = made.flatMap((call) => /dns-zone-group create .* --private-dns-zone (\S+)/.exec(call)?.[1] ?? []);
  expect(zones).toContain('privatelink.azurecr.io');
  expect(of('network-rule add').map((call) => /--ip-address (\S+)/.exec(call)?.[1])).toEqual([
    '203.0.113.0/24',
    '198.51.100.7/32',
  ]);
  // Closed last: until then there would be no way to it at all.
  const order = made.map((call) => call.replace(/ --.*/, ''));
  expect(made[order.lastIndexOf('az acr update')]).toContain('--default-action Deny');
  expect(order.lastIndexOf('az acr update')).toBeGreaterThan(order.lastIndexOf('az acr network-rule add'));
  expect(await azure.run('setup-infra.sh', closed)).toMatchObject({ code: 0 });
  expect(await azure.changes()).toEqual(made);
});

test('what was made open is closed by --reached-from, and opened to one more range by another run', async () => {
  expect(await azure.run('setup-infra.sh', [...LOCATION, '--private'])).toMatchObject({ code: 0 });
  await azure.keep('calls', '');
  const first = [...LOCATION, '--private', '--reached-from', '203.0.113.0/24'];
  expect(await azure.run('setup-infra.sh', first)).toMatchObject({ code: 0 });
  const named = (await azure.changes()).map((call) => call.replace(/ --(resource-group|name) \S+/g, ''));
  expect(named.filter((call) => /^az (acr|aks) /.test(call))).toEqual([
    'az acr update --sku Premium --output none',
    'az aks update --api-server-authorized-ip-ranges 203.0.113.0/24 --output none',
    'az acr network-rule add --ip-address 203.0.113.0/24 --output none',
    'az acr update --default-action Deny --output none',
  ]);
  await azure.keep('calls', '');
  const second = [...LOCATION, '--private', '--reached-from', '198.51.100.0/24,203.0.113.0/24'];
  expect(await azure.run('setup-infra.sh', second)).toMatchObject({ code: 0 });
  expect((await azure.changes()).map((call) => call.replace(/ --.*/, ''))).toEqual([
    'az aks update',
    'az acr network-rule add',
  ]);
});

test('without --private the API alone is closed: nodes elsewhere pull by the address that all use', async () => {
  await azure.run('setup-infra.sh', [...LOCATION, '--reached-from', '203.0.113.0/24']);
  const made = (await azure.changes()).join('\n');
  expect(made).toContain('--api-server-authorized-ip-ranges 203.0.113.0/24');
  expect(made).not.toMatch(/network-rule|Premium|default-action/);
});

test('refuses ranges that are none, and one that is everybody', async () => {
  for (const ranges of ['here', '203.0.113.0', '203.0.113.0/24;id', '0.0.0.0/0', '203.0.113.0/24,0.0.0.0/0']) {
    const { code, errors } = await azure.run('setup-infra.sh', [...LOCATION, '--reached-from', ranges]);
    expect({ code, errors }, ranges).toEqual({ code: 2, errors: expect.stringContaining('--reached-from') });
  }
  expect(await azure.changes()).toEqual([]);
});
