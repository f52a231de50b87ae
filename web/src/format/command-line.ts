/** A word as a POSIX shell takes it, whatever is in it. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** `toygres` with its words; those that are null or undefined are left out. */
export function commandLine(...words: readonly (string | null | undefined | readonly string[])[]): string {
  const given = words.flat().filter((word): word is string => word !== null && word !== undefined);
  return ['toygres', ...given.map(quoteWord)].join(' ');
}

/** A label as options of `toygres` take it: with its `=`, also where there is nothing behind it. */
export const labelWord = ({ key, value }: { readonly key: string; readonly value: string }) => `${key}=${value}`;

/** A request as curl sends it. A subscription is streamed, until it ends or is ended. */
export function curlLine(url: string, document: string, variables: unknown): string {
  const isStream = /^\s*subscription\b/m.test(document);
  const body = JSON.stringify({ query: compactDocument(document), variables });
  return [
    `curl -sS${isStream ? 'N' : ''} ${quoteWord(url)} \\`,
    '  -H "Authorization: Bearer $TOYGRES_TOKEN" \\',
    "  -H 'Content-Type: application/json' \\",
    ...(isStream ? ["  -H 'Accept: text/event-stream' \\"] : []),
    `  --data ${quoteWord(body)}`,
  ].join('\n');
}

/** Without what only makes it readable. */
function compactDocument(document: string): string {
  return document.trim().replace(/\s+/g, ' ');
}
