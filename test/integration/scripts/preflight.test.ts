import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBrokenLink } from '../../../jobs/preflight/broken-links.ts';
import { startForwardProxy } from '../../support/forward-proxy.ts';
import { freePort } from '../../support/free-port.ts';
import type { ScriptEnd } from '../../support/job-script.ts';
import { createScriptHarness, leave, makeProgramDirectory, type ScriptHarness } from '../../support/script-harness.ts';

let harness: ScriptHarness;
let version: string;
beforeAll(async () => {
  harness = await createScriptHarness();
  const said = execFileSync(path.join(harness.runner.binDirectory, 'pg_dump'), ['--version'], { encoding: 'utf8' });
  version = /\) (\d+)/.exec(said)?.[1] ?? '';
});
afterAll(() => harness.stop());

const ACCOUNT = 'https://toygres0test.blob.core.windows.net/images/_trials/x';

interface Change {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly programsBefore?: string;
}

function preflight({ parameters, secrets, programsBefore }: Change = {}): Promise<ScriptEnd> {
  return harness.runner.run('preflight.sh', {
    parameters: {
      TOYGRES_IMAGE_URL: `${harness.container.url}/_trials/x`,
      TOYGRES_POSTGRES_VERSION: version,
      ...parameters,
    },
    secrets: secrets ?? { sas: leave(harness.azurite, 'w'), 'read-sas': leave(harness.azurite, 'rl') },
    ...(programsBefore === undefined ? {} : { programsBefore }),
  });
}

/** It ended for good, at once, with words from which the link is known. */
function expectBroken(end: ScriptEnd, link: string, words: RegExp): void {
  expect(end).toMatchObject({ exitCode: 78, results: [] });
  const said = end.errors.at(-1) ?? '';
  expect(said).toMatch(words);
  expect(findBrokenLink(said).link).toBe(link);
}

const phasesOf = (end: ScriptEnd) => [...new Set(end.progress.map(({ phase }) => phase))];

test('where nothing is broken every phase is passed, and the tools are named', async () => {
  const end = await preflight();
  expect(end.errors).toEqual([]);
  expect(end).toMatchObject({ exitCode: 0 });
  expect(phasesOf(end)).toEqual(['tools', 'identity', 'write', 'read']);
  expect(end.results).toEqual([
    { azcopy: expect.stringMatching(/^10\./), postgres: expect.stringMatching(/^\d+\.\d+/), identity: 'signature' },
  ]);
  expect(await harness.container.getBlobClient('_trials/x/probe').exists()).toBe(true);
});

test('a signature that was tampered with is refused by the store', async () => {
  const sas = leave(harness.azurite, 'w').replace(/sig=[^&]*/, `sig=${encodeURIComponent('A'.repeat(43))}%3D`);
  const end = await preflight({ secrets: { sas, 'read-sas': sas } });
  expectBroken(end, 'signature', /^signature: .*authenticate/);
  expect(phasesOf(end)).toEqual(['tools', 'identity', 'write']);
});

test('a signature that may read and not write is told from one that is wrong', async () => {
  const sas = leave(harness.azurite, 'rl');
  const end = await preflight({ secrets: { sas, 'read-sas': sas } });
  expectBroken(end, 'signature', /using this permission/);
});

test('a signature that may write and not read fails when it is read back', async () => {
  const sas = leave(harness.azurite, 'w');
  const end = await preflight({ secrets: { sas, 'read-sas': sas } });
  expectBroken(end, 'signature', /using this permission/);
  expect(phasesOf(end)).toEqual(['tools', 'identity', 'write', 'read']);
});

test('a container that is not there is named', async () => {
  const url = `${harness.container.url.replace(/images$/, 'nothere')}/_trials/x`;
  const sas = leave(harness.azurite, 'w', 'nothere');
  const end = await preflight({ parameters: { TOYGRES_IMAGE_URL: url }, secrets: { sas, 'read-sas': sas } });
  expectBroken(end, 'container', /container does not exist/);
});

test('a store that does not answer is told from a name that is not known', async () => {
  const urls = [`http://127.0.0.1:${await freePort()}/a/images/_trials/x`, 'http://store.invalid/images/_trials/x'];
  const ends = await Promise.all(urls.map((url) => preflight({ parameters: { TOYGRES_IMAGE_URL: url } })));
  expectBroken(ends[0] as ScriptEnd, 'store', /connection refused/);
  expectBroken(ends[1] as ScriptEnd, 'name of the store', /lookup store\.invalid/);
});

test('a pod that the webhook left as it was lacks all three variables, which are named', async () => {
  const identity = { AZCOPY_AUTO_LOGIN_TYPE: 'WORKLOAD', TOYGRES_IMAGE_URL: ACCOUNT };
  const bare = await preflight({ parameters: identity, secrets: {} });
  expectBroken(bare, 'workload identity', /AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE$/);
  expect(phasesOf(bare)).toEqual(['tools', 'identity']);
  const half = { ...identity, AZURE_CLIENT_ID: 'a', AZURE_TENANT_ID: 'b' };
  expectBroken(
    await preflight({ parameters: half, secrets: {} }),
    'workload identity',
    /: AZURE_FEDERATED_TOKEN_FILE$/,
  );
  const gone = { ...half, AZURE_FEDERATED_TOKEN_FILE: '/nowhere/token' };
  expectBroken(await preflight({ parameters: gone, secrets: {} }), 'workload identity', /\/nowhere\/token/);
});

test('a job with neither signature nor identity says so', async () => {
  expectBroken(await preflight({ secrets: {} }), 'workload identity', /neither a signature/);
});

test('an image with the tools of another version, or without a tool, is named', async () => {
  const other = await preflight({ parameters: { TOYGRES_POSTGRES_VERSION: '99' } });
  expectBroken(other, 'tools', /^tools: .*PostgreSQL \d+\.\d+, not of 99/);
  expect(phasesOf(other)).toEqual(['tools']);
  const directory = await makeProgramDirectory(harness.runner);
  const azcopy = path.join(directory, 'azcopy');
  await writeFile(azcopy, '#!/bin/sh\necho broken >&2\nexit 1\n');
  await chmod(azcopy, 0o755);
  expectBroken(await preflight({ programsBefore: directory }), 'tools', /azcopy cannot be run/);
});

test('a parameter that is no URL is refused before anything is tried', async () => {
  for (const url of ['', 'file:///etc', 'https://x/y?sig=1', "https://x/$(touch /tmp/never)'/"]) {
    const end = await preflight({ parameters: { TOYGRES_IMAGE_URL: url } });
    expect(end).toMatchObject({ exitCode: 78, results: [], progress: [] });
  }
});

test('no signature stands in what is printed', async () => {
  const sas = leave(harness.azurite, 'rl');
  const end = await preflight({ secrets: { sas, 'read-sas': sas } });
  const [, signature = 'none'] = /sig=([^&]*)/.exec(sas) ?? [];
  expect(end.lines.join('\n')).not.toContain(signature);
  expect(end.lines.join('\n')).not.toContain('sig=');
});

test('a store behind a proxy is reached through it, which is named, also when it lets nobody through', async () => {
  const proxy = await startForwardProxy(harness.azurite.port);
  try {
    const far = harness.container.url.replace(/^http:\/\/[^/]+/, 'http://store.invalid:81');
    const signature = { sas: leave(harness.azurite, 'w'), 'read-sas': leave(harness.azurite, 'rl') };
    const proxies = JSON.stringify({ HTTP_PROXY: proxy.url.replace('//', '//user:S3cret@'), NO_PROXY: 'localhost' });
    const behind = (url: string) =>
      preflight({ parameters: { TOYGRES_IMAGE_URL: `${url}/_trials/x` }, secrets: { ...signature, proxies } });
    const end = await behind(far);
    expect(end.errors).toEqual([]);
    expect(end.results).toEqual([expect.objectContaining({ proxy: proxy.url })]);
    expect(end.lines.join('\n')).toContain(`through the proxy ${proxy.url}`);
    expect(end.lines.join('\n')).not.toContain('S3cret');
    expect(proxy.asked.length).toBeGreaterThan(1);
    expect(proxy.asked.every((line) => line.includes(' http://store.invalid:81/'))).toBe(true);
    await proxy.stop();
    expectBroken(await behind(far), 'proxy', /connection refused.*through the proxy/);
  } finally {
    await proxy.stop().catch(() => undefined);
  }
});
