/** Types of several words, as a cast names them. */
const CAST =
  /::(?:character varying|double precision|bit varying|(?:timestamp|time)(?:\(\d\))? with(?:out)? time zone|"(?:[^"]|"")*"(?:\."(?:[^"]|"")*")?|[A-Za-z_][A-Za-z0-9_.]*)(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])*/g;

/**
 * Whether two definitions say the same. PostgreSQL writes an expression with the casts and parentheses that it was parsed
 * with, and not always those that it writes itself: `ARRAY['a'::varchar]::text[]` comes back as `ARRAY['a'::varchar::text]`.
 * What an expression means is told by the functions and operators that it uses, which the restore compares.
 */
export function isSameDefinition(a: string, b: string): boolean {
  if (a === b) return true;
  const bare = (text: string) => text.replace(CAST, '').replace(/[\s()]+/g, '');
  return bare(a) === bare(b);
}

/** Lines in an order of their own: columns that children inherit, and grants, come in the order in which they were made. */
export function linesOf(define: string): readonly string[] {
  return define
    .split('\n')
    .map((line) => line.trim().replace(/,$/, ''))
    .filter((line) => line !== '')
    .sort();
}

/** The lines of the one that the other lacks, both ways, but for those that say the same. */
export function differingLines(
  a: string,
  b: string,
): { readonly lost: readonly string[]; readonly more: readonly string[] } {
  const more = [...linesOf(b)];
  const lost = linesOf(a).filter((line) => {
    const at = more.findIndex((other) => isSameDefinition(line, other));
    if (at !== -1) more.splice(at, 1);
    return at === -1;
  });
  return { lost, more };
}
