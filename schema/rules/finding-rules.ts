/**
 * INFO: another form with the same behaviour. WARNING: an object is missing, empty or not enforced. CRITICAL: rows are
 * missing.
 */
export const SEVERITIES = ['INFO', 'WARNING', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How much may be lost without an operation failing: INFO alone, WARNING as well, CRITICAL as well. */
export const LOSSES = ['NOTHING', 'OBJECTS', 'ROWS'] as const;
export type Loss = (typeof LOSSES)[number];

/** Something that is not, or will not be, as it was on the source. */
export interface FindingFacts {
  /** A word of upper-case letters, digits and `_` that a program can tell it by. */
  readonly code: string;
  readonly severity: Severity;
  readonly database: string | null;
  /** As PostgreSQL writes it: `public.orders`. */
  readonly object: string | null;
  readonly message: string;
  readonly remedy: string | null;
}
