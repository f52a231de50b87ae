import type { Command } from 'commander';
import { type Place, placesOf } from '../completion/places.ts';
import { printBash } from '../completion/print-bash.ts';
import { printFish } from '../completion/print-fish.ts';
import { printZsh } from '../completion/print-zsh.ts';
import { UsageError } from '../exit-codes.ts';

const SHELLS: Readonly<Record<string, (places: readonly Place[]) => string>> = {
  bash: printBash,
  zsh: printZsh,
  fish: printFish,
};

/** `toygres completion bash|zsh|fish` */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion <shell>')
    .description('what a shell completes commands with: bash, zsh or fish')
    .action((shell: string) => {
      const print = SHELLS[shell];
      if (print === undefined)
        throw new UsageError(`completion ${shell}: is one of ${Object.keys(SHELLS).join(', ')}.`);
      process.stdout.write(`${print(placesOf(program))}\n`);
    });
}
