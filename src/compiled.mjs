// What V8 makes of the modules of a bundle as they run first, kept beside them: a start that finds it neither parses nor
// compiles them again. It is a directory for each version of Node, kind of processor and user, which its user alone can write:
// nobody runs what another user compiled, and who finds none, or may not write one, starts as if there were no such thing.
import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const DIRECTORY = 'compiled';
const LONGEST_MS = 30_000;

/** The name below which a program is bundled that its starter runs. */
export const programOf = (name) => `${name}-program`;

/** Writes the file that starts a bundled program with what was compiled of it. */
export async function writeStarter(directory, name, extension) {
  const lines = [
    `import { enableCompileCache } from 'node:module';`,
    `import path from 'node:path';`,
    'const before = process.umask(0o022);',
    `enableCompileCache({ directory: path.join(import.meta.dirname, '${DIRECTORY}'), portable: true });`,
    'process.umask(before);',
    `await import('./${programOf(name)}${extension}');`,
  ];
  await writeFile(path.join(directory, `${name}${extension}`), `${lines.join('\n')}\n`);
}

/**
 * Loads parts that a program comes to load later. One that needs what is not installed is left out. All of their functions are
 * compiled, also those that nobody calls as they are loaded: programs that live for a moment would compile them one by one.
 */
function loader(directory, files) {
  const urls = files.map((file) => pathToFileURL(path.join(directory, file)).href);
  return [
    `import { enableCompileCache, flushCompileCache } from 'node:module';`,
    `import { setFlagsFromString } from 'node:v8';`,
    'process.umask(0o022);',
    `enableCompileCache({ directory: ${JSON.stringify(path.join(directory, DIRECTORY))}, portable: true });`,
    `setFlagsFromString('--no-lazy');`,
    `for (const url of ${JSON.stringify(urls)}) await import(url).catch(() => undefined);`,
    // What was compiled under other flags than those of a program would not be taken.
    `setFlagsFromString('--lazy');`,
    'flushCompileCache();',
    'process.exit();',
  ].join('\n');
}

/** Whatever it answers, what it has loaded is compiled when it ends. */
function runToItsEnd(words, signal) {
  const environment = { PATH: process.env.PATH ?? '' };
  return new Promise((resolve) => {
    const options = { env: environment, timeout: LONGEST_MS, killSignal: 'SIGKILL', signal };
    execFile(process.execPath, words, options, () => resolve()).stdin?.end();
  });
}

/**
 * Runs the programs, each of which must end at once when it is asked for its version, and loads what lies beside the starters and
 * programs. Never fails: it only saves time.
 */
export async function keepCompiled(directory, names, extension, signal) {
  const files = (await readdir(directory)).filter((file) => file.endsWith(extension));
  const isStarted = (file) => files.includes(`${programOf(path.parse(file).name)}${extension}`);
  const parts = files.filter((file) => !isStarted(file) && !file.endsWith(programOf('') + extension));
  await Promise.all([
    runToItsEnd(['--input-type=module', '--eval', loader(directory, parts)], signal),
    ...names.map((name) => runToItsEnd([path.join(directory, `${name}${extension}`), '--version'], signal)),
  ]);
}
