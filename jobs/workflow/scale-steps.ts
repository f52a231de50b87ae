/** Steps of a block with a share of their weights, so that several blocks make up one sum. */
export function scaleSteps<S extends string>(steps: Readonly<Record<S, number>>, share: number): Record<S, number> {
  const entries = Object.entries<number>(steps);
  return Object.fromEntries(entries.map(([name, weight]) => [name, weight * share])) as Record<S, number>;
}
