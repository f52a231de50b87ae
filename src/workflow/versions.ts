/** Orders `1.10.0` after `1.9.2`; parts that are no numbers are compared as text. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left.split('.'), right.split('.')];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [x, y] = [a[index] ?? '0', b[index] ?? '0'];
    if (x === y) continue;
    const difference = Number(x) - Number(y);
    return Number.isNaN(difference) ? (x < y ? -1 : 1) : difference;
  }
  return 0;
}

/** The newest of those with the name, or null. */
export function newestOf<W extends { readonly name: string; readonly version: string }>(
  workflows: readonly W[],
  name: string,
): W | null {
  const named = workflows.filter((workflow) => workflow.name === name);
  return named.sort((left, right) => compareVersions(right.version, left.version))[0] ?? null;
}
