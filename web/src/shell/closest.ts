interface Named {
  readonly id: string;
  readonly name: string;
}

/** What was found in several ways, each once: first what has exactly this name, then what begins with it, then what holds it. */
export function closest<One extends Named>(
  name: string,
  most: number,
  ...found: readonly (readonly One[] | null | undefined)[]
): readonly One[] {
  const all = new Map(found.flatMap((some) => some ?? []).map((one) => [one.id, one]));
  const rank = (one: One) => (one.name === name ? 0 : one.name.startsWith(name) ? 1 : 2);
  return [...all.values()].sort((a, b) => rank(a) - rank(b)).slice(0, most);
}
