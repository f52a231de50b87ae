import { checkIdempotencyKey } from './idempotency-rules.ts';
import { checkLabels, type LabelPair } from './label-rules.ts';
import { checkName, IMAGE_NAME_MAX } from './name-rules.ts';
import { checkText } from './text-rules.ts';

/** Characters that a description may have. */
export const DESCRIPTION_MAX = 1000;

/** What is checked of the input of createImage; null is as good as left out. */
export interface CreateImageForm {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly labels?: readonly LabelPair[] | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** Requires the form of every field of a new image. Whether its source can be imaged, the records tell later. */
export function checkCreateImage(input: CreateImageForm): void {
  checkName('name', input.name, IMAGE_NAME_MAX);
  if (input.description != null) {
    checkText('description', input.description, {
      noun: 'description',
      minCharacters: 0,
      maxCharacters: DESCRIPTION_MAX,
      lines: true,
    });
  }
  if (input.labels != null) checkLabels('labels', input.labels);
  checkIdempotencyKey(input);
}
