/**
 * One text for one meaning, to be digested: fields in the order of their names, and what is null or undefined left out,
 * since both say "not given".
 */
export function buildInputText(input: unknown): string {
  return JSON.stringify(input, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const given = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
    return Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
