import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBrokenLink } from '../../../jobs/preflight/broken-links.ts';
import { type AzureStandIn, startAzureStandIn } from '../../support/azure-stand-in.ts';
import type { ScriptEnd } from '../../support/job-script.ts';
import { createScriptHarness, leave, type ScriptHarness } from '../../support/script-harness.ts';

/** As the cluster writes it into a pod. */
const ASSERTION = 'header.assertion-of-a-service-account.signature';

let harness: ScriptHarness;
let azure: AzureStandIn;
let parameters: Record<string, string>;

beforeAll(async () => {
  harness = await createScriptHarness();
  const store = harness.container.url.replace(/\/images$/, '');
  azure = await startAzureStandIn(store, leave(harness.azurite, 'rwl'));
  const said = execFileSync(path.join(harness.runner.binDirectory, 'pg_dump'), ['--version'], { encoding: 'utf8' });
  const token = path.join(await harness.runner.makeDirectory('token'), 'azure-identity-token');
  await writeFile(token, ASSERTION);
  await chmod(path.dirname(token), 0o755);
  parameters = {
    ...azure.environment,
    TOYGRES_IMAGE_URL: 'https://toygrestest.blob.core.windows.net/images/_trials/identity',
    TOYGRES_POSTGRES_VERSION: /\) (\d+)/.exec(said)?.[1] ?? '',
    AZCOPY_AUTO_LOGIN_TYPE: 'WORKLOAD',
    AZURE_CLIENT_ID: '00000000-0000-0000-0000-000000000001',
    AZURE_TENANT_ID: 'tenant',
    AZURE_FEDERATED_TOKEN_FILE: token,
    AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com/',
  };
});
afterAll(async () => {
  await azure?.stop();
  await harness?.stop();
});

const preflight = () => harness.runner.run('preflight.sh', { parameters, secrets: {} });

function expectBroken(end: ScriptEnd, link: string, words: RegExp): void {
  expect(end).toMatchObject({ exitCode: 78, results: [] });
  expect(end.errors.at(-1)).toMatch(words);
  expect(findBrokenLink(end.errors.at(-1) ?? '').link).toBe(link);
}

test('a job signs in with the token of its service account, writes and reads, and no key is anywhere', async () => {
  const end = await preflight();
  expect(end.errors).toEqual([]);
  expect(end.results).toMatchObject([{ identity: 'workload identity' }]);
  expect(azure.assertions).toContain(ASSERTION);
  expect(await harness.container.getBlobClient('_trials/identity/probe').exists()).toBe(true);
  expect(end.lines.join('\n')).not.toMatch(/assertion-of|a-token-of-the-stand-in|sig=/);
});

test.each([
  [
    'an identity without a federated credential',
    'invalid_client',
    "AADSTS700213: No matching federated identity record found for presented assertion subject 'system:serviceaccount:x:toygres-jobs'.",
    /AADSTS700213/,
  ],
  [
    'a client id of nothing',
    'unauthorized_client',
    "AADSTS700016: Application with identifier '1' was not found in the directory 'tenant'.",
    /AADSTS700016/,
  ],
])(
  '%s is a refused login, with the words of the directory',
  async (_, error, description, words) => {
    azure.refusal = { error, description };
    const end = await preflight();
    azure.refusal = null;
    expectBroken(end, 'login', words);
  },
  300_000,
);

test('an identity without the data role is told from a refused login', async () => {
  azure.hasRole = false;
  const end = await preflight();
  azure.hasRole = true;
  // The words of the store are lost on the way here; its code is not.
  expectBroken(
    end,
    'role',
    /403 Forbidden.*\(AuthorizationPermissionMismatch\) \(asked through the proxy http:\/\/127\.0\.0\.1:\d+\)$/,
  );
});

test('a directory that cannot be reached is told from one that refuses', async () => {
  const unreached = { ...parameters, HTTPS_PROXY: 'http://127.0.0.1:1' };
  expectBroken(await harness.runner.run('preflight.sh', { parameters: unreached, secrets: {} }), 'login endpoint', /./);
});
