import type { Command } from 'commander';
import { type Context, readContexts, writeContexts } from '../contexts.ts';
import { UsageError } from '../exit-codes.ts';
import { printRows } from '../output/print.ts';
import { outputOf, type Surroundings } from '../session.ts';

/** `toygres context ...` */
export function addContextCommands(program: Command, { environment }: Surroundings): void {
  const context = program.command('context').description('the servers that were signed in to');
  context
    .command('list')
    .description('all of them, and which is in use')
    .action(async (_options: object, command: Command) => {
      const output = outputOf(command);
      const { current, contexts } = await readContexts(environment);
      if (contexts.length === 0) output.note('Sign in with toygres login --url URL.');
      const shown = contexts.map(({ name, url }) => ({ name, url, current: name === current }));
      printRows(output, shown, ({ name }) => name, [
        { title: 'IN USE', value: (one) => (one.current ? '*' : '') },
        { title: 'NAME', value: ({ name }) => name },
        { title: 'URL', value: ({ url }) => url },
      ]);
    });
  context
    .command('use <name>')
    .description('talk to this one from now on')
    .action(async (name: string) => {
      const { contexts } = await readContexts(environment);
      requireContext(contexts, name);
      await writeContexts(environment, { current: name, contexts });
    });
  context
    .command('remove <name>')
    .description('forget it; toygres logout revokes its token, too')
    .action(async (name: string) => {
      const { current, contexts } = await readContexts(environment);
      requireContext(contexts, name);
      const left = contexts.filter((one) => one.name !== name);
      await writeContexts(environment, { current: current === name ? null : current, contexts: left });
    });
}

function requireContext(contexts: readonly Context[], name: string): void {
  if (!contexts.some((one) => one.name === name)) throw new UsageError(`There is no context "${name}".`);
}
