import { checkLabels, type LabelPair } from './label-rules.ts';
import { checkText } from './text-rules.ts';

/** Requires what every filter of named records may hold. Ids that are none are no error: nothing matches them. */
export function checkFilter(filter: {
  readonly nameContains?: string | null | undefined;
  readonly nameStartsWith?: string | null | undefined;
  readonly labels?: readonly LabelPair[] | null | undefined;
}): void {
  for (const field of ['nameContains', 'nameStartsWith'] as const) {
    const text = filter[field];
    if (text != null) checkText(field, text, { noun: 'part of a name', minCharacters: 0, maxCharacters: 100 });
  }
  if (filter.labels != null) checkLabels('labels', filter.labels);
}
