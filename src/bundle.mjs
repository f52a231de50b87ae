// Makes of programs and the packages that they import a few files that start in a fifth of the time:
// bundle.mjs [--whole] DIRECTORY PROGRAM... `--whole`: also of packages that few programs come to load; else these stay in
// node_modules. Where DIRECTORY is there already, another process has made the same meanwhile, and its files stay; with
// `--whole` that is an error.
// DIRECTORY must lie as deep below the root as src's own directories do: what the programs read of package.json, templates
// and migrations they find from there, too.
import { copyFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, stop } from 'esbuild';
import { bundleConsole } from './bundle-console.mjs';
import { bundleRunner } from './bundle-runner.mjs';
import { keepCompiled, programOf, writeStarter } from './compiled.mjs';

const SELDOM_LOADED = ['@kubernetes/client-node', '@graphql-yoga/render-graphiql'];

/** The programs that tell their version and end. */
const TELL_VERSION = ['src/main.ts', 'src/cli/toygres.ts'];

const root = path.resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({ options: { whole: { type: 'boolean' } }, allowPositionals: true });
const [directory, ...programs] = positionals;
const target = path.resolve(directory);
const unfinished = `${target}.${crypto.randomUUID()}`;

const names = programs.map((file) => path.parse(file).name);
const telling = names.filter((_, index) => TELL_VERSION.includes(path.relative(root, path.resolve(programs[index]))));
const stopped = new AbortController();
// Leaves neither a process nor half of a bundle. What goes on meanwhile may still write.
process.once('SIGTERM', async () => {
  stopped.abort();
  await stop();
  await rm(unfinished, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  process.exit(143);
});

try {
  await build({
    absWorkingDir: root,
    entryPoints: programs.map((file, index) => ({ in: path.resolve(file), out: programOf(names[index]) })),
    outdir: unfinished,
    bundle: true,
    // What only one platform or page needs is loaded with it.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    // Names of classes show in errors and in the schema.
    keepNames: true,
    legalComments: 'none',
    // For the lines of src in stack traces.
    sourcemap: true,
    sourcesContent: false,
    // Two builds of it in one process would not take each other's types.
    alias: { graphql: 'graphql/index.js' },
    // Asked for only where they are installed, and they are not.
    external: ['pg-native', 'class-validator', ...(values.whole ? [] : SELDOM_LOADED)],
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
    logLevel: 'warning',
  });
  for (const name of names) await writeStarter(unfinished, name, '.js');
  await Promise.all([
    keepCompiled(unfinished, telling, '.js', stopped.signal),
    bundleRunner(path.join(unfinished, 'runner'), undefined, stopped.signal),
  ]);
  // What a server serves besides; a program of the tests serves nothing.
  if (programs.some((file) => path.basename(file) === 'main.ts')) {
    await bundleConsole(path.join(unfinished, 'console'));
  }
  await copyFile(path.join(root, 'src/api/ide/fetcher.js'), path.join(unfinished, 'fetcher.js'));
  await rename(unfinished, target).catch((error) => {
    if (values.whole || (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST')) throw error;
  });
} catch (error) {
  // Errors of the sources have been told.
  if (error.errors === undefined && !stopped.signal.aborted)
    process.stderr.write(`toygres: not bundled: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await rm(unfinished, { recursive: true, force: true });
}
