/** States as SQL lists them between parentheses: literal, since an index with a condition fits no parameter. */
export function listed(states: readonly string[]): string {
  return states.map((state) => `'${state}'`).join(', ');
}
