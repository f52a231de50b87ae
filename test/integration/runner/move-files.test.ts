import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createScriptHarness, leave, type ScriptHarness } from '../../support/script-harness.ts';

let harness: ScriptHarness;
beforeAll(async () => {
  harness = await createScriptHarness();
});
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

describe('a file that is streamed', () => {
  const streamed = async (parameters: Readonly<Record<string, string>>, sas: string) => {
    const id = randomUUID();
    const url = `${harness.container.url}/${id}`;
    const end = await harness.runner.runTrial('streams', {
      parameters: { TOYGRES_IMAGE_URL: url, ...parameters },
      secrets: { sas },
    });
    return { end, blob: harness.container.getBlockBlobClient(`${id}/streamed`) };
  };

  test.each([0, 1, 20_000_000])(
    'of %i bytes passes through, is hashed, and is known for wrong when it is',
    async (size) => {
      const { end, blob } = await streamed({ TRIAL_BYTES: String(size) }, leave(harness.azurite, 'rlw'));
      expect(end).toMatchObject({ exitCode: 0, errors: [] });
      const [result] = end.results;
      expect(result).toMatchObject({ read: size, written: { sizeBytes: size } });
      expect(result?.failure).toMatch(/the image is damaged: streamed is not what was written/);
      expect((await blob.getProperties()).contentLength).toBe(size);
    },
  );

  test('is not there when its maker fails in the middle', async () => {
    const parameters = { TRIAL_BYTES: '30000000', TRIAL_FAILS_AT: '15000000' };
    const { end, blob } = await streamed(parameters, leave(harness.azurite, 'rlw'));
    expect(end).toMatchObject({ exitCode: 1, errors: ['broken'], results: [] });
    expect(await blob.exists()).toBe(false);
  });

  test('fails with the words of the store where the grant does not let it write', async () => {
    const { end } = await streamed({ TRIAL_BYTES: '30000000' }, leave(harness.azurite, 'r'));
    expect(end).toMatchObject({ exitCode: 1, results: [] });
    expect(end.errors.at(-1)).toMatch(/blob store refused streamed: Authorization/);
  });
});
