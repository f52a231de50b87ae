import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, inject, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { makeOnce } from '../support/make-once.ts';
import { readProcessTree, untilProcess } from '../support/process-tree.ts';
import { ROOT } from '../support/source-files.ts';

const SOURCES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'schema',
  'drizzle',
  'jobs',
  'resolvers',
  'src',
  'web',
];
const MINUTE_MS = 60_000;

let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp('/tmp/toygres-e2e-launcher-');
  for (const source of SOURCES)
    await cp(path.join(ROOT, source), path.join(checkout, source), { recursive: true, preserveTimestamps: true });
  await symlink(path.join(ROOT, 'node_modules'), path.join(checkout, 'node_modules'));
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

function launch(...words: string[]): Promise<{ code: number; output: string; errors: string }> {
  return new Promise((resolve) => {
    execFile(path.join(checkout, 'src/toygres.sh'), words, { cwd: '/' }, (error, output, errors) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output, errors }),
    );
  });
}

async function edit(source: string, before: string, after: string): Promise<void> {
  const file = path.join(checkout, source);
  const text = await readFile(file, 'utf8');
  expect(text).toContain(before);
  await writeFile(file, text.replace(before, after));
}

const readBundles = async () => (await readdir(path.join(checkout, 'dist'))).filter((name) => name !== 'console');

/** Gives the checkout the console of its sources, so that bundles take it. */
async function giveConsole(): Promise<void> {
  const built = `${inject('bundles')}-console`;
  await makeOnce(built, (unfinished) =>
    promisify(execFile)(process.execPath, [path.join(ROOT, 'src/bundle-console.mjs'), unfinished]),
  );
  await cp(built, path.join(checkout, 'dist/console'), { recursive: true });
}

test(
  'commands that start at once share a bundle, which is made anew for sources that have changed',
  async () => {
    await giveConsole();
    const ends = await Promise.all([launch('--help'), launch('--help')]);
    const help = { code: 0, output: expect.stringContaining('Usage: toygres'), errors: '' };
    expect(ends).toEqual([help, help]);
    const bundles = await readBundles();
    expect(bundles).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
    expect(await launch('--help')).toEqual(help);
    expect(await readBundles()).toEqual(bundles);

    await edit('src/cli/program.ts', 'Exit codes: 0 done', 'What it ends with: 0 done');
    expect((await launch('--help')).output).toContain('What it ends with: 0 done');
    expect(await readBundles()).toEqual(expect.arrayContaining(bundles));
    expect(await readBundles()).toHaveLength(2);
  },
  5 * MINUTE_MS,
);

test(
  'one that is asked to end while it makes a bundle leaves neither a process nor a part of it, and ends as it was asked to',
  async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      const child = spawn(path.join(checkout, 'src/toygres.sh'), ['--help'], { stdio: 'ignore', cwd: '/' });
      const ended = once(child, 'exit');
      const bundler = await untilProcess(child.pid ?? 0, /^node src\/bundle\.mjs /);
      await untilProcess(bundler.pid, /esbuild/);
      const started = await readProcessTree(child.pid ?? 0);
      child.kill(signal);
      expect(await ended).toEqual([null, signal]);
      // One that was killed a moment before may still stand in the list.
      await eventually(
        () => started.filter(({ pid }) => existsSync(`/proc/${pid}`)).map(({ command }) => command),
        (left) => left.length === 0,
      );
      expect(await readBundles()).toEqual([]);
    }
  },
  MINUTE_MS,
);

test(
  'of old bundles one that a process runs from stays',
  async () => {
    await giveConsole();
    const dist = path.join(checkout, 'dist');
    const daysAgo = new Date(Date.now() - 2 * 86_400_000);
    for (const name of ['old', 'used', 'young']) {
      await mkdir(path.join(dist, name), { recursive: true });
      if (name !== 'young') await utimes(path.join(dist, name), daysAgo, daysAgo);
    }
    const user = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', path.join(dist, 'used/main.js')]);
    onTestFinished(() => void user.kill());
    await once(user, 'spawn');
    expect(await launch('--help')).toMatchObject({ code: 0, errors: '' });
    expect((await readBundles()).toSorted()).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/), 'used', 'young']);
  },
  2 * MINUTE_MS,
);

test(
  'of many young bundles the newest stay, and all that is no bundle',
  async () => {
    await giveConsole();
    const dist = path.join(checkout, 'dist');
    const names = Array.from({ length: 30 }, (_, index) => (0xabcdef0123450000n + BigInt(index)).toString(16));
    for (const [index, name] of [...names, 'kept by its name'].entries()) {
      await mkdir(path.join(dist, name), { recursive: true });
      const madeAt = new Date(Date.now() - 3_600_000 + index * 1000);
      await utimes(path.join(dist, name), madeAt, madeAt);
    }
    expect(await launch('--help')).toMatchObject({ code: 0, errors: '' });
    expect(await readBundles()).toHaveLength(22);
    expect(await readBundles()).toEqual(expect.arrayContaining([...names.slice(-20), 'kept by its name']));
  },
  2 * MINUTE_MS,
);

test(
  'where no bundle can be written, the sources run',
  async () => {
    await writeFile(path.join(checkout, 'dist'), 'no directory');
    expect(await launch('--help')).toEqual({
      code: 0,
      output: expect.stringContaining('Usage: toygres'),
      errors: expect.stringMatching(/^toygres: starts from its sources, which takes longer: .*\n$/),
    });
    expect(await launch('nonsense')).toEqual({
      code: 2,
      output: '',
      errors: expect.stringContaining("unknown command 'nonsense'"),
    });
  },
  2 * MINUTE_MS,
);

test(
  'an error tells the line of the source',
  async () => {
    await giveConsole();
    await edit(
      'src/config/env.ts',
      'export function readConfig(',
      'export function readConfig(..._: unknown[]): never { throw new TypeError("thrown"); }\nfunction unused(',
    );
    const thrown = await launch('standalone');
    expect(thrown).toMatchObject({ code: 1, output: '' });
    expect(thrown.errors).toMatch(/TypeError: thrown\n.*src\/config\/env\.ts:\d+/);

    await edit('src/main.ts', "import 'reflect-metadata';", "import 'reflect-metadata'; (");
    const broken = await launch('standalone');
    expect(broken).toMatchObject({ code: 1, output: '' });
    expect(broken.errors).toContain('src/main.ts:2:7');
  },
  2 * MINUTE_MS,
);
