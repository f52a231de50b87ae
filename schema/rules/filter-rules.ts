import { checkLabels, type LabelPair } from './label-rules.ts';
import { checkText } from './text-rules.ts';

/** Requires what every filter of named records may hold. Ids that are none are no error: nothing matches them. */
export function checkFilter(filter: {
  readonly nameContains?: string | null | undefined;
  readonly labels?: readonly LabelPair[] | null | undefined;
}): void {
  if (filter.nameContains != null) {
    checkText('nameContains', filter.nameContains, {
      noun: 'part of a name',
      minCharacters: 0,
      maxCharacters: 100,
    });
  }
  if (filter.labels != null) checkLabels('labels', filter.labels);
}
