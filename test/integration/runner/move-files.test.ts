import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptHarness, leave, type ScriptHarness } from '../../support/script-harness.ts';

let harness: ScriptHarness;
beforeAll(async () => {
  harness = await createScriptHarness();
}, 120_000);
afterAll(() => harness?.stop());

const REFUSED = randomUUID();
const FILES = { 'a.txt': 'hello', 'databases/5/toc.dat': 'x'.repeat(100_000), empty: '' };

function trialRun(files: Readonly<Record<string, string>>, sas: string, id = randomUUID()) {
  const parameters = { TOYGRES_IMAGE_URL: `${harness.container.url}/${id}`, TRIAL_FILES: JSON.stringify(files) };
  return { parameters, secrets: { sas } };
}

test('a program without a grant has its files moved to the store and back, with size, MD5 and SHA-256', async () => {
  const end = await harness.runner.runTrial('trial', trialRun(FILES, leave(harness.azurite, 'rlw')));
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  const [result] = end.results as { uploaded: { name: string }[]; received: { text: string }[] }[];
  expect(result?.received.map(({ text }) => text)).toEqual([FILES['a.txt'], FILES['databases/5/toc.dat'], '']);
  expect(result?.uploaded[0]).toEqual({
    name: 'a.txt',
    sizeBytes: 5,
    md5: '5d41402abc4b2a76b9719d911017c592',
    sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
  });
});

test('a name that leaves the image, or is the manifest, is refused and nothing is sent', async () => {
  for (const name of ['../other/a', 'manifest.json', '/etc/passwd', 'a//b', 'a b', '.']) {
    const end = await harness.runner.runTrial(
      'trial',
      trialRun({ [name]: 'x' }, leave(harness.azurite, 'rlw'), REFUSED),
    );
    expect(end).toMatchObject({ exitCode: 1, results: [] });
    expect(end.errors.at(-1)).toContain('cannot be a file of an image');
  }
  for await (const blob of harness.container.listBlobsFlat({ prefix: REFUSED })) expect(blob.name).toBe('');
});

test('a grant that does not let it write fails with the words of the store', async () => {
  const end = await harness.runner.runTrial('trial', trialRun(FILES, leave(harness.azurite, 'rl')));
  expect(end).toMatchObject({ exitCode: 1, results: [] });
  expect(end.errors.at(-1)).toMatch(/copy with the blob store failed: .*403/);
});

test('the failure of a program is its last word, and one that no attempt can cure has its own exit status', async () => {
  for (const [final, exitCode] of [
    ['true', 78],
    ['false', 1],
  ] as const) {
    const parameters = { TRIAL_WORDS: 'it is\nbroken', TRIAL_FINAL: final, TOYGRES_IMAGE_URL: harness.container.url };
    const end = await harness.runner.runTrial('fails', { parameters, secrets: {} });
    expect(end).toMatchObject({ exitCode, errors: ['it is broken'], results: [] });
  }
});
