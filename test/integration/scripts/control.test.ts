import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

const CONTROL = path.join(import.meta.dirname, '../../../templates/scripts/lib/control.sh');

/** What a script of these lines says, after what every script begins with. */
function linesOf(script: string): string[] {
  const directory = mkdtempSync(path.join(tmpdir(), 'control-'));
  try {
    const file = path.join(directory, 'script.sh');
    writeFileSync(file, `set -Eeuo pipefail\nsource "$1"\n${script}\n`);
    const { stdout } = spawnSync('bash', [file, CONTROL], {
      env: { PATH: process.env.PATH, TOYGRES_SCRATCH_DIR: directory, TOYGRES_SECRETS_DIR: directory },
      encoding: 'utf8',
    });
    return stdout.trimEnd().split('\n');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('a tool that nobody listens to fails the script with what it said, not with how it was called', () => {
  const lines = linesOf('cat /no/such/file');
  expect(lines.at(-1)).toMatch(/^::toygres:: error cat: .*No such file or directory$/);
});

test('the log tells which command failed, and ends with the cause', () => {
  const lines = linesOf('cat /no/such/file').filter((line) => !line.startsWith('::toygres::'));
  expect(lines).toEqual([
    expect.stringMatching(/: cat \/no\/such\/file ended with exit status 1$/),
    expect.stringMatching(/^error: cat: .*No such file or directory$/),
  ]);
});

test('a tool that fails without a word is named itself', () => {
  expect(linesOf('false').at(-1)).toMatch(/^::toygres:: error .*: false ended with exit status 1$/);
});

test.each(['    0', ' 4096', '65535'])(
  'a disk with %s bytes of room is named as the cause, however df sets the number',
  (room) => {
    const lines = linesOf(
      `df() { printf 'Avail\\n${room}\\n'; }\nfail 1 'what was answered could not be written down'`,
    );
    expect(lines.at(-1)).toMatch(/^::toygres:: error .*written down \(No space left on device: .* is full\)$/);
  },
);

test('a server that could write only a part of a page has no room, though it has given the room back', () => {
  const said = 'ERROR:  could not extend file "base/5/16391": wrote only 4096 of 8192 bytes at block 124780';
  const lines = linesOf(`df() { printf 'Avail\\n999999999\\n'; }\nfail 1 '${said}'`);
  expect(lines.at(-1)).toBe(`::toygres:: error ${said} (No space left on device)`);
});
