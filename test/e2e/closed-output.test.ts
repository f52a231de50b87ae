import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type E2eHome, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

const LAUNCHER = path.resolve(import.meta.dirname, '../../src/toygres.sh');
const MINUTE_MS = 60_000;

let home: E2eHome;
beforeEach(async () => {
  home = await makeE2eHome('closed-output');
});
afterEach(() => home.stop());

/** A command that nobody reads: its pipes are closed as soon as it has them. */
function startUnread(command: string, environment: Record<string, string>): ChildProcess {
  const { PATH, HOME } = process.env;
  const child = spawn(LAUNCHER, [command], { env: { PATH, HOME, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  child.stderr.destroy();
  return child;
}

test(
  'a server that nobody reads any more serves on, and a closed terminal stops it with all that it started',
  async () => {
    const port = await freePort();
    const child = startUnread('standalone', { TOYGRES_HOME: home.directory, PORT: String(port), LOG_LEVEL: 'debug' });
    const exited = once(child, 'exit');
    const url = `http://127.0.0.1:${port}/ready`;
    const status = () => fetch(url).then(async (answer) => (await answer.text()) && answer.status, String);
    await eventually(status, (found) => found === 200 || child.exitCode !== null, 2 * MINUTE_MS);
    child.kill('SIGHUP');
    expect(await exited).toEqual([0, null]);
    expect(await home.processes()).toEqual([]);
  },
  4 * MINUTE_MS,
);

test(
  'a demo that nobody reads any more stops what it started',
  async () => {
    await mkdir(home.directory, { mode: 0o755 });
    const child = startUnread('demo', { TMPDIR: home.directory });
    const [code] = await once(child, 'exit');
    expect(code).toBe(128 + 13);
    expect(await home.processes()).toEqual([]);
  },
  4 * MINUTE_MS,
);
