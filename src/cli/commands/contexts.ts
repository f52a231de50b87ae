import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { connect } from '../../client/connect.ts';
import { type Context, readContexts, sameServer, writeContexts } from '../contexts.ts';
import * as documents from '../documents.ts';
import { UsageError } from '../exit-codes.ts';
import { formatTable } from '../output/table.ts';
import type { Surroundings } from '../session.ts';

const NAME = /^[\w.-]{1,63}$/;

/** One line of stdin; from a terminal it is not shown while it is typed. */
async function readSecret(prompt: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: process.stdin.isTTY === true,
  });
  if (process.stdin.isTTY) {
    process.stderr.write(prompt);
    // Readline echoes by this.
    (lines as unknown as { _writeToOutput: (text: string) => void })._writeToOutput = () => undefined;
  }
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (process.stdin.isTTY && !signal.aborted) process.stderr.write('\n');
  }
}

/** `toygres login`, `logout`, `context ...` */
export function addContextCommands(program: Command, { environment, signal }: Surroundings): void {
  program
    .command('login')
    .description('sign in to a server and remember it; the token is read from stdin')
    .option('--context <name>', 'what to call it', 'default')
    .action(async ({ context: name }: { context: string }, command: Command) => {
      const { url = environment.TOYGRES_URL || 'http://127.0.0.1:8080' } = command.optsWithGlobals<{ url?: string }>();
      if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new UsageError(`"${url}" is no URL of a server.`);
      if (!NAME.test(name)) throw new UsageError('The name of a context has letters, digits, ".", "_" and "-".');
      const token = (await readSecret('Token: ', signal)).trim();
      if (token === '') throw new UsageError('No token was given: type it, or write it to stdin.');
      const toygres = connect({ url, token });
      const { viewer } = await toygres.request(documents.VIEWER).finally(() => toygres.close());
      const { contexts } = await readContexts(environment);
      const others = contexts.filter((one) => one.name !== name);
      await writeContexts(environment, { current: name, contexts: [...others, { name, url, token }] });
      process.stderr.write(
        `Signed in to ${url} as ${viewer.name} (${viewer.role}); this is the context "${name}" now.\n`,
      );
    });

  program
    .command('logout')
    .description('forget the token of a server')
    .action(async (_options: object, command: Command) => {
      const { url } = command.optsWithGlobals<{ url?: string }>();
      const { current, contexts } = await readContexts(environment);
      const isMeant = (one: Context) => (url === undefined ? one.name === current : sameServer(one.url, url));
      if (!contexts.some(isMeant)) throw new UsageError('There is no such context: see toygres context list.');
      const left = contexts.filter((one) => !isMeant(one));
      await writeContexts(environment, {
        current: left.some(({ name }) => name === current) ? current : null,
        contexts: left,
      });
    });

  const context = program.command('context').description('the servers that were signed in to');
  context
    .command('list')
    .description('all of them, and which is in use')
    .action(async () => {
      const { current, contexts } = await readContexts(environment);
      if (contexts.length === 0) process.stderr.write('There are none: sign in with toygres login --url URL.\n');
      else {
        const columns = [
          { title: 'IN USE', value: ({ name }: Context) => (name === current ? '*' : '') },
          { title: 'NAME', value: ({ name }: Context) => name },
          { title: 'URL', value: ({ url }: Context) => url },
        ];
        process.stdout.write(`${formatTable(contexts, columns, null)}\n`);
      }
    });
  context
    .command('use <name>')
    .description('talk to this one from now on')
    .action(async (name: string) => {
      const { contexts } = await readContexts(environment);
      if (!contexts.some((one) => one.name === name)) throw new UsageError(`There is no context "${name}".`);
      await writeContexts(environment, { current: name, contexts });
    });
  context
    .command('remove <name>')
    .description('forget it')
    .action(async (name: string) => {
      const { current, contexts } = await readContexts(environment);
      const left = contexts.filter((one) => one.name !== name);
      if (left.length === contexts.length) throw new UsageError(`There is no context "${name}".`);
      await writeContexts(environment, { current: current === name ? null : current, contexts: left });
    });
}
