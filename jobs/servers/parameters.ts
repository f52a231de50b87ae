/** Parameters of PostgreSQL, by name. */
export type Parameters = Readonly<Record<string, string>>;

const written = (parameters: Parameters) =>
  JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Whether both are the same, in whatever order. */
export function isSame(one: Parameters, other: Parameters): boolean {
  return written(one) === written(other);
}
