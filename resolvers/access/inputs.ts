import { invalidInput } from '../../schema/errors.ts';
import { checkLabels, type LabelPair } from '../../schema/rules/label-rules.ts';
import type { Scope } from '../../schema/rules/scope-rules.ts';
import { readLabels } from '../labels.ts';

/** The scope of an input, checked; what was not given stays not given. */
export function readScope(labels: readonly LabelPair[] | null | undefined): Scope | null | undefined {
  if (labels == null) return labels;
  checkLabels('scope', labels);
  return readLabels(labels);
}

/** Requires a moment to come. */
export function checkExpiry(expiresAt: Date | null | undefined): void {
  if (expiresAt == null || expiresAt.getTime() > Date.now()) return;
  throw invalidInput('expiresAt', 'future', 'expiresAt is over already: give a moment to come, or leave it out.');
}
