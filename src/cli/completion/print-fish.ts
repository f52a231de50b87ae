import type { Place, Word } from './places.ts';

/** fish knows two escapes within single quotes. */
const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function lineOf(words: string, { text, short, about, values }: Word): string {
  const letter = short === undefined ? '' : `-s ${short.slice(1)} `;
  const what = text.startsWith('--') ? `${letter}-l ${text.slice(2)}` : `-a ${quote(text)}`;
  const value =
    values === undefined
      ? ''
      : values.length > 0
        ? ` -x -a ${quote(values.join(' '))}`
        : text === '--token-file'
          ? ' -r -F'
          : ' -x';
  return `complete -c toygres -n ${quote(`__toygres_is_at ${quote(words)}`)} ${what}${value} -d ${quote(about)}`;
}

/** A script that completes words in fish with what each is for. */
export function printFish(places: readonly Place[]): string {
  return `set -g __toygres_places ${places.map(({ words }) => quote(words)).join(' ')}
function __toygres_is_at
  set -l place ''
  for word in (commandline -opc)[2..-1]
    string match -q -- '-*' $word; and continue
    set -l next (string trim -- "$place $word")
    contains -- "$next" $__toygres_places; and set place $next
  end
  test "$place" = "$argv[1]"
end
complete -c toygres -f
${places.flatMap(({ words, next }) => next.map((word) => lineOf(words, word))).join('\n')}`;
}
