import { freeOptions, type Place } from './places.ts';
import { quoteForShell } from './quote.ts';

/** A colon in a word would end it. */
const escapeColons = (text: string) => text.replaceAll('\\', '\\\\').replaceAll(':', '\\:');

/** A script that completes words in zsh with what each is for: as the file `_toygres` of `$fpath`, or read by `source`. */
export function printZsh(places: readonly Place[]): string {
  const cases = places.map(({ words, next }) => {
    const told = next.map(({ text, about }) => quoteForShell(`${escapeColons(text)}:${about}`));
    return `    ${quoteForShell(words)}) next=(${told.join(' ')}) ;;`;
  });
  return `#compdef toygres
_toygres_next() {
  case $1 in
${cases.join('\n')}
    *) return 1 ;;
  esac
}
_toygres() {
  local word place=''
  local -a next
  case \${words[CURRENT - 1]} in
    -o | --output) compadd table json id; return ;;
    --token-file) _files; return ;;
    ${freeOptions(places).join(' | ')}) return 1 ;;
  esac
  for word in "\${(@)words[2,CURRENT - 1]}"; do
    [[ $word == -* ]] && continue
    _toygres_next "\${place:+$place }$word" && place="\${place:+$place }$word"
  done
  _toygres_next "$place"
  _describe toygres next
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _toygres "$@"; else compdef _toygres toygres; fi`;
}
