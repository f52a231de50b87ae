/** What has been done, what struck, and what was found. */
export interface Ledger {
  /** By what was done, or by how it was refused. */
  readonly asked: Map<string, number>;
  readonly strikes: Map<string, number>;
  /** What must never be, in words. */
  readonly findings: string[];
}

export function openLedger(): Ledger {
  return { asked: new Map(), strikes: new Map(), findings: [] };
}

export function count(into: Map<string, number>, what: string): void {
  into.set(what, (into.get(what) ?? 0) + 1);
}

/** `a 3, b 1`, the most frequent first. */
export function tell(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const total = sorted.reduce((sum, [, number]) => sum + number, 0);
  return `${total} (${sorted.map(([what, number]) => `${what} ${number}`).join(', ')})`;
}
