import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './exit-codes.ts';

/** One line of stdin; from a terminal it is asked for on stderr, and not shown while it is typed. Empty where there is none. */
export async function readSecret(prompt: string, signal: AbortSignal): Promise<string> {
  const isTerminal = process.stdin.isTTY === true;
  // Readline echoes to its output what is typed: that goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isTerminal });
  if (isTerminal) {
    process.stderr.write(prompt);
    // While a terminal is read without echo, Ctrl-C is a key like others.
    lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  }
  const leave = () => lines.close();
  signal.addEventListener('abort', leave, { once: true });
  try {
    for await (const line of lines) return line;
    signal.throwIfAborted();
    return '';
  } finally {
    signal.removeEventListener('abort', leave);
    lines.close();
    if (isTerminal) process.stderr.write('\n');
  }
}

/** A password for `--password-stdin`. Throws UsageError for none. */
export async function readPassword(prompt: string, signal: AbortSignal): Promise<string> {
  const password = await readSecret(`${prompt}: `, signal);
  if (password === '') throw new UsageError('No password was given: type it, or write it to stdin.');
  return password;
}
