const BEGIN = '<!-- what follows is printed by `npm run generate:schema` -->';
const END = '<!-- as far as here -->';

const list = (changes: readonly string[]) => changes.map((change) => `- ${change}`).join('\n');

function split(page: string): readonly [before: string, after: string] {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page of schema changes has lost "${BEGIN}" or "${END}"`);
  return [page.slice(0, begin), page.slice(end + END.length)];
}

/** The page with what has changed since the last release in its place. */
export function printUnreleased(page: string, release: string, changes: readonly string[]): string {
  const [before, after] = split(page);
  const text = changes.length === 0 ? 'Nothing.' : list(changes);
  return `${before}${BEGIN}\n\n## Since ${release}\n\n${text}\n\n${END}${after}`;
}

/** The page with those changes under the name of a new release, above those before it. */
export function printReleased(page: string, release: string, changes: readonly string[]): string {
  const [before, after] = split(printUnreleased(page, release, []));
  const section = `\n\n## ${release}\n\n${changes.length === 0 ? 'Nothing.' : list(changes)}`;
  return `${before}${BEGIN}\n\n## Since ${release}\n\nNothing.\n\n${END}${section}${after}`;
}
