// What runs beside the data, as a directory that can be copied to wherever jobs find it: it needs Node and nothing else.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { keepCompiled, programOf, writeStarter } from './compiled.mjs';

const root = path.resolve(import.meta.dirname, '..');

const NAME = 'main';
const EXTENSION = '.mjs';

/** Writes `main.mjs`, what it comes to load, and the release of it into the directory. `entry`: the program, below the root. */
export async function bundleRunner(directory, entry = 'src/runner/main.ts', signal = undefined) {
  await build({
    absWorkingDir: root,
    entryPoints: [{ in: path.resolve(root, entry), out: programOf(NAME) }],
    outdir: directory,
    bundle: true,
    splitting: true,
    format: 'esm',
    outExtension: { '.js': EXTENSION },
    platform: 'node',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'none',
    external: ['pg-native'],
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  await writeFile(path.join(directory, 'release'), `${version}\n`);
  await writeStarter(directory, NAME, EXTENSION);
  await keepCompiled(directory, [NAME], EXTENSION, signal);
}
