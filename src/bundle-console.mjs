// Builds the console, once for every state of its sources: bundle-console.mjs DIRECTORY. Where a bundle beside the
// directory, or the directory itself, holds the console of the same sources, that one is taken.
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(import.meta.dirname, '..');
const SOURCES = ['web', 'src/client', 'package-lock.json', 'src/bundle-console.mjs'];
/** Holds the digest of the sources that a console was built of. */
const STATE = 'state';

async function listFiles(place) {
  const entries = await readdir(place, { withFileTypes: true, recursive: true }).catch((error) => {
    if (error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (entries === null) return [place];
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

async function digestSources() {
  const files = (await Promise.all(SOURCES.map((name) => listFiles(path.join(root, name))))).flat().sort();
  const hash = createHash('sha256');
  for (const file of files) {
    const text = await readFile(file);
    hash.update(`${path.relative(root, file)} ${text.length}\n`).update(text);
  }
  return hash.digest('hex');
}

/** A console that was built of these sources, below `dist`; null where there is none. */
async function findBuilt(digest) {
  const dist = path.join(root, 'dist');
  const names = await readdir(dist).catch(() => []);
  for (const place of ['console', ...names.map((name) => `${name}/console`)]) {
    const directory = path.join(dist, place);
    if ((await readFile(path.join(directory, STATE), 'utf8').catch(() => '')) === digest) return directory;
  }
  return null;
}

/** Writes the files of the console and `state` into a directory that is not there yet. Throws where the sources have an error. */
export async function bundleConsole(directory) {
  const digest = await digestSources();
  const built = await findBuilt(digest);
  if (built !== null) {
    // Gone meanwhile, or half: build it.
    const copied = await cp(built, directory, { recursive: true }).then(
      () => true,
      () => false,
    );
    if (copied && (await readFile(path.join(directory, STATE), 'utf8').catch(() => '')) === digest) return;
  }
  const { build } = await import('vite');
  await build({
    configFile: path.join(root, 'web/vite.config.ts'),
    configLoader: 'runner',
    logLevel: 'error',
    build: { outDir: directory, emptyOutDir: true },
  });
  await writeFile(path.join(directory, STATE), digest);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = path.resolve(process.argv[2]);
  const unfinished = `${target}.${crypto.randomUUID()}`;
  try {
    await mkdir(path.dirname(target), { recursive: true });
    await bundleConsole(unfinished);
    await rm(target, { recursive: true, force: true });
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
