import { checkIdempotencyKey } from './idempotency-rules.ts';
import { checkLabelChange, checkLabels, type LabelChangeForm, type LabelPair } from './label-rules.ts';
import { checkName, IMAGE_NAME_MAX } from './name-rules.ts';
import { checkText } from './text-rules.ts';
import { checkMomentToCome } from './time-rules.ts';

/** Characters that a description may have. */
export const DESCRIPTION_MAX = 1000;

/** What is checked of the input of createImage; null is as good as left out. */
export interface CreateImageForm {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly labels?: readonly LabelPair[] | null | undefined;
  readonly expiresAt?: Date | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** What is checked of the input of updateImage. */
export interface UpdateImageForm extends Omit<CreateImageForm, 'name'>, LabelChangeForm {}

function checkCommon(input: Omit<CreateImageForm, 'name' | 'labels'>, now: number): void {
  if (input.description != null) {
    checkText('description', input.description, {
      noun: 'description',
      minCharacters: 0,
      maxCharacters: DESCRIPTION_MAX,
      lines: true,
    });
  }
  if (input.expiresAt != null) checkMomentToCome('expiresAt', input.expiresAt, now);
  checkIdempotencyKey(input);
}

/** Requires the form of every field of a new image. Whether its source can be imaged, the records tell later. */
export function checkCreateImage(input: CreateImageForm, now = Date.now()): void {
  checkName('name', input.name, IMAGE_NAME_MAX);
  if (input.labels != null) checkLabels('labels', input.labels);
  checkCommon(input, now);
}

/** Requires the form of every field of a change; what is left out stays as it is. */
export function checkUpdateImage(input: UpdateImageForm, now = Date.now()): void {
  checkLabelChange(input);
  checkCommon(input, now);
}
