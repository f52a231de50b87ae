import { freeOptions, type Place } from './places.ts';
import { quoteForShell } from './quote.ts';

/** A script that completes words in bash: whoever has it run, `toygres` is completed. */
export function printBash(places: readonly Place[]): string {
  const cases = places.map(
    ({ words, next }) =>
      `    ${quoteForShell(words)}) printf '%s\\n' ${quoteForShell(next.map(({ text }) => text).join(' '))} ;;`,
  );
  return `_toygres_next() {
  case $1 in
${cases.join('\n')}
    *) return 1 ;;
  esac
}
_toygres() {
  local word place='' index current before
  current=\${COMP_WORDS[COMP_CWORD]}
  before=\${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $before in
    -o | --output) mapfile -t COMPREPLY < <(compgen -W 'table json id' -- "$current"); return ;;
    --token-file) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    ${freeOptions(places).join(' | ')}) return ;;
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    [[ $word == -* ]] && continue
    if _toygres_next "\${place:+$place }$word" >/dev/null; then place="\${place:+$place }$word"; fi
  done
  mapfile -t COMPREPLY < <(compgen -W "$(_toygres_next "$place")" -- "$current")
}
complete -F _toygres toygres`;
}
