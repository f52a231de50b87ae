import type { Command } from 'commander';
import { UsageError } from '../exit-codes.ts';

/** Every command as its words, with the options that it takes. */
function walk(command: Command, path: readonly string[] = []): readonly { words: string; next: readonly string[] }[] {
  const options = command.options.flatMap(({ short, long }) => [short, long]).filter((one) => typeof one === 'string');
  const next = [...command.commands.map((one) => one.name()), ...options];
  return [{ words: path.join(' '), next }, ...command.commands.flatMap((one) => walk(one, [...path, one.name()]))];
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function bash(program: Command): string {
  const cases = walk(program).map(({ words, next }) => `    ${quote(words)}) words=${quote(next.join(' '))} ;;`);
  return `_toygres() {
  local word path='' words='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    [[ $word == -* ]] && continue
    if _toygres_words "\${path:+$path }$word" >/dev/null; then path="\${path:+$path }$word"; fi
  done
  words=$(_toygres_words "$path")
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")
}
_toygres_words() {
  local words
  case $1 in
${cases.join('\n')}
    *) return 1 ;;
  esac
  printf '%s\\n' "$words"
}
complete -F _toygres toygres`;
}

function zsh(program: Command): string {
  return `#compdef toygres
autoload -U +X bashcompinit && bashcompinit
${bash(program)}`;
}

function fish(program: Command): string {
  const lines = walk(program).flatMap(({ words, next }) => {
    const inside =
      words === ''
        ? '__fish_use_subcommand'
        : words
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and ');
    return next.map((one) => {
      const what = one.startsWith('--')
        ? `-l ${one.slice(2)}`
        : one.startsWith('-')
          ? `-s ${one.slice(1)}`
          : `-a ${one}`;
      return `complete -c toygres -f -n ${quote(inside)} ${what}`;
    });
  });
  return lines.join('\n');
}

const SHELLS: Readonly<Record<string, (program: Command) => string>> = { bash, zsh, fish };

/** `toygres completion bash|zsh|fish` */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion <shell>')
    .description('what a shell completes commands with: bash, zsh or fish')
    .action((shell: string) => {
      const write = SHELLS[shell];
      if (write === undefined)
        throw new UsageError(`completion ${shell}: is one of ${Object.keys(SHELLS).join(', ')}.`);
      process.stdout.write(`${write(program)}\n`);
    });
}
