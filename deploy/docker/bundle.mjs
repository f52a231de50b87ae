// Makes of the server and the packages that it imports a few files that start quickly: bundle.mjs TARGET-DIRECTORY.
// They lie as deep below the root as src's own do, and find package.json, templates and migrations there as these do.
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '../..');
const target = path.resolve(process.argv[2] ?? 'dist', 'dist/server');

await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts' },
  outdir: target,
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
  // Two builds of it in one process would not take each other's types.
  alias: { graphql: 'graphql/index.js' },
  // Asked for only where they are installed, and they are not.
  external: ['pg-native', 'class-validator'],
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
  },
  logLevel: 'warning',
});
await copyFile(path.join(root, 'src/graphql/ide/fetcher.js'), path.join(target, 'fetcher.js'));
