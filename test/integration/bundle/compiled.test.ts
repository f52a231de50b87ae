import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../../support/source-files.ts';

const { keepCompiled, writeStarter } = await import(path.join(ROOT, 'src/compiled.mjs'));
const SOMEBODY = 64_321;
const PART = './part.mjs';
const PROGRAM = `import { getCompileCacheDir } from 'node:module';
import { later } from '${PART}';
const wanted = process.argv.at(-1);
if (wanted === 'where') process.stdout.write(String(getCompileCacheDir()));
else process.stdout.write(\`\${later(1)} \${process.umask().toString(8)}\`);
`;

let directory: string;
let compiled: string;
beforeEach(async () => {
  const made = await mkdtemp('/tmp/toygres-compiled-');
  await chmod(made, 0o755);
  directory = path.join(made, 'bundle');
  compiled = path.join(directory, 'compiled');
  await mkdir(directory, { mode: 0o755 });
  await writeFile(path.join(directory, PART), 'export const later = (number) => number + 1;\n');
  await writeFile(path.join(directory, 'it-program.mjs'), PROGRAM);
  await writeStarter(directory, 'it', '.mjs');
  await keepCompiled(directory, ['it'], '.mjs');
});
afterEach(() => rm(path.dirname(directory), { recursive: true, force: true }));

/** With a umask that closes nothing. `uid`: as another user, from the first line of it on. */
async function start({ uid = null, words = [] }: { uid?: number | null; words?: readonly string[] } = {}) {
  const become = uid === null ? '' : `process.setgroups([${uid}]);process.setgid(${uid});process.setuid(${uid});`;
  const first = `data:text/javascript,process.umask(0);${become}`;
  const child = spawn(process.execPath, ['--import', first, path.join(directory, 'it.mjs'), ...words], {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { output, errors };
}

const ANSWER = { output: '2 0', errors: '' };

/** Every file and directory below with its mode and owner. */
async function listCompiled(): Promise<readonly string[]> {
  const entries = await readdir(compiled, { recursive: true });
  const lines = entries.map(async (name) => {
    const { mode, uid } = await stat(path.join(compiled, name));
    return `${name} ${(mode & 0o777).toString(8)} ${uid}`;
  });
  return (await Promise.all(lines)).toSorted();
}

test('a program starts from what was compiled of it and of its parts, which nobody but its user can write', async () => {
  const before = await listCompiled();
  expect(before.filter((line) => !line.includes('/'))).toEqual([expect.stringMatching(/ 755 \d+$/)]);
  // The program and its part.
  expect(before.filter((line) => / 600 \d+$/.test(line)).length).toBeGreaterThanOrEqual(2);
  expect(await start()).toEqual(ANSWER);
  const { output } = await start({ words: ['where'] });
  expect(path.dirname(output)).toBe(compiled);
  for (const line of await listCompiled()) expect(line).toMatch(/ (755|600) \d+$/);
});

test('it starts without it, without a word and with its umask, when it is gone or may not be made', async () => {
  await rm(compiled, { recursive: true });
  await writeFile(compiled, 'no directory');
  expect(await start()).toEqual(ANSWER);
  await rm(compiled);
  expect(await Promise.all([start(), start(), start(), start()])).toEqual([ANSWER, ANSWER, ANSWER, ANSWER]);
  for (const line of await listCompiled()) expect(line).toMatch(/ (755|600) \d+$/);
});

test('what is no code of V8 in there is compiled anew', async () => {
  const files = (await readdir(compiled, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) await writeFile(path.join(parentPath, name), 'no code of V8');
  expect(await start()).toEqual(ANSWER);
});

test.runIf(process.getuid?.() === 0)('another user neither writes there nor runs from it, and starts', async () => {
  const before = await listCompiled();
  expect(await start({ uid: SOMEBODY })).toEqual(ANSWER);
  expect((await start({ uid: SOMEBODY, words: ['where'] })).output).toBe('undefined');
  expect(await listCompiled()).toEqual(before);
});
