import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../support/command-line.ts';
import { findProgram } from '../support/front-servers.ts';

let directory: string;
const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

beforeAll(async () => {
  directory = await mkdtemp('/tmp/toygres-completion-');
  for (const shell of SHELLS) {
    const { code, stdout, stderr } = await runCommand(['completion', shell], {});
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await writeFile(path.join(directory, shell), `${stdout}\n`);
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const run = (program: string, words: readonly string[]) =>
  new Promise<string>((resolve, reject) =>
    execFile(program, [...words], { cwd: directory }, (error, stdout, stderr) =>
      error || stderr !== '' ? reject(error ?? new Error(stderr)) : resolve(stdout),
    ),
  );

/** What zsh's own functions would be given, which work at a prompt alone. */
const ZSH = `compdef() { : }
compadd() { print -rl -- "$@" }
_describe() { print -rl -- \${next%%:*} }
_files() { print FILES }
source ./zsh
words=("$@")
CURRENT=$#
_toygres`;

/** What a shell offers where the last word of a line stands; of bash and fish what begins like it alone. */
async function offers(shell: Shell, line: string): Promise<readonly string[]> {
  const quoted = line.split(' ').map((word) => `'${word}'`);
  if (shell === 'bash') {
    const ask = `source ./bash; COMP_WORDS=(${quoted.join(' ')}); COMP_CWORD=${quoted.length - 1}; _toygres
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return words(await run('bash', ['-c', ask]));
  }
  if (shell === 'fish') {
    const said = await run('fish', ['-N', '-c', `source ./fish; complete -C '${line}'`]);
    return words(said.replace(/\t.*$/gm, ''));
  }
  const begun = line.split(' ').at(-1) ?? '';
  const said = await run('zsh', ['-f', '-c', `${ZSH} || :`, 'zsh', ...line.split(' ')]);
  return words(said).filter((word) => word.startsWith(begun));
}

const words = (text: string) =>
  text
    .split('\n')
    .filter((word) => word !== '')
    .sort();

describe.each(SHELLS)('in %s, toygres', (shell) => {
  const isThere = findProgram(shell) !== null;

  test.skipIf(!isThere)('completes commands where they belong, those of the programs beside it too', async () => {
    expect(await offers(shell, 'toygres ins')).toEqual(['instance']);
    expect(await offers(shell, 'toygres instance cre')).toEqual(['create', 'credentials']);
    expect(await offers(shell, 'toygres image create nightly cre')).toEqual([]);
    expect(await offers(shell, 'toygres --url http://127.0.0.1 ke')).toEqual(['keys']);
    expect(await offers(shell, 'toygres keys ro')).toEqual(['rotate']);
    expect(await offers(shell, 'toygres operation lo')).toEqual(['logs']);
  });

  test.skipIf(!isThere)('completes options, those that every command takes too, and what -o can be', async () => {
    expect(await offers(shell, 'toygres image create nightly --ins')).toEqual(['--instance']);
    expect(await offers(shell, 'toygres image create nightly --ou')).toEqual(['--output']);
    expect(await offers(shell, 'toygres instance list -o j')).toEqual(['json']);
    expect(await offers(shell, 'toygres image create nightly --instance ')).toEqual([]);
  });
});

/** A shell at a prompt, in which the line is typed and Tab is pressed twice. */
const PROMPT = `zmodload zsh/zpty
zpty -b asked zsh -f -i
zpty -w asked 'PS1=; autoload -U compinit; compinit -D -u; source ./zsh; print REA''DY'
zpty -r -m asked out '*READY*'
zpty -n -w asked $'toygres instance cre\\t\\t'
zpty -r -m asked out '*a login*'
print -r -- $out`;

test.skipIf(findProgram('zsh') === null)('zsh lists them at its prompt with what each is for', async () => {
  const said = await run('zsh', ['-f', '-c', PROMPT]);
  expect(said).toMatch(/create +-- make a server/);
});
