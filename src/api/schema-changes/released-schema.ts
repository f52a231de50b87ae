/** The schema of the last release. */
export const RELEASED_SCHEMA = new URL('../../../schema/released.graphql', import.meta.url);
/** The page that tells of changes. */
export const CHANGES_PAGE = new URL('../../../docs/schema-changes.md', import.meta.url);

const HEAD = /^# The schema as release (\S+) has it\./;

/** Which release it is of. */
export function readRelease(sdl: string): string {
  const [, release] = HEAD.exec(sdl) ?? [];
  if (release === undefined) throw new Error('schema/released.graphql does not say of which release it is');
  return release;
}

/** A schema as that of a release. */
export function printReleasedSchema(release: string, printed: string): string {
  const sdl = printed.replace(/^#.*\n+/, '');
  return `# The schema as release ${release} has it. Written by \`npm run release:schema\`. Do not edit.\n\n${sdl}`;
}
