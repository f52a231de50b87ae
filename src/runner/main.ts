import { writeSync } from 'node:fs';
import { type Host, runCommand } from './commands.ts';
import { PROGRAMS } from './programs-by-kind.ts';

const ending = new AbortController();
for (const name of ['TERM', 'INT', 'HUP'] as const) process.on(`SIG${name}`, () => ending.abort(name));
// Whoever reads what we say may be gone.
process.on('SIGPIPE', () => undefined);
// The two halves of an attempt share a group: what one makes the other may read, and nobody else.
process.umask(0o027);

const SLOW_MS = 5;

const say: Host['say'] = (line) => {
  for (let rest = Buffer.from(`${line}\n`); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      // Whoever reads is slower than we are.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SLOW_MS);
    }
  }
};

const host = { arguments: process.argv.slice(2), environment: process.env, signal: ending.signal, say };
try {
  process.exitCode = await runCommand(host, PROGRAMS);
} catch (error) {
  process.stderr.write(`toygres: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
