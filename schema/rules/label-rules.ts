import { invalidInput } from '../errors.ts';

/** Labels that a record may have. */
export const LABELS_MAX = 64;

// The form of Kubernetes' labels, so that they can be put on its objects as they are:
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const WORD = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const DOMAIN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const DOMAIN_MAX = 253;

/** A label as clients send it. */
export interface LabelPair {
  readonly key: string;
  readonly value: string;
}

function isKey(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash === -1) return WORD.test(key);
  const domain = key.slice(0, slash);
  return domain.length <= DOMAIN_MAX && DOMAIN.test(domain) && WORD.test(key.slice(slash + 1));
}

/** Names a label by its place: a key that broke the rule may be long, or hold anything. */
function place(index: number): string {
  return `Label ${index + 1}`;
}

/** Requires key and value in the form of Kubernetes' labels; `place` says which one it is. */
export function requireLabelForm(field: string, place: string, key: string, value: string): void {
  if (!isKey(key)) {
    throw invalidInput(
      field,
      'labelKey',
      `${place}: a key is a word of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at ` +
        'both ends, and may have a domain and "/" before it ("example.com/team"): change the key.',
    );
  }
  if (value !== '' && !WORD.test(value)) {
    throw invalidInput(
      field,
      'labelValue',
      `${place} (${key}): a value is empty, or at most 63 letters, digits, "-", "_" and ".", with a letter or ` +
        'digit at both ends: change the value.',
    );
  }
}

/** Requires at most 64 labels in the form of Kubernetes', each key once. */
export function checkLabels(field: string, labels: readonly LabelPair[]): void {
  if (labels.length > LABELS_MAX) {
    throw invalidInput(field, 'maxCount', `There can be at most ${LABELS_MAX} labels: leave some out.`);
  }
  const seen = new Set<string>();
  for (const [index, { key, value }] of labels.entries()) {
    requireLabelForm(field, place(index), key, value);
    if (seen.has(key)) {
      throw invalidInput(field, 'uniqueKeys', `The label ${key} is given twice: keep one of them.`);
    }
    seen.add(key);
  }
}

/** What an input may say about labels: all of them, or which to add and which to remove. */
export interface LabelChangeForm {
  readonly labels?: readonly LabelPair[] | null | undefined;
  readonly addLabels?: readonly LabelPair[] | null | undefined;
  readonly removeLabels?: readonly string[] | null | undefined;
}

/** Requires labels in form, given in one of the two ways, with no key both added and removed. */
export function checkLabelChange({ labels, addLabels, removeLabels }: LabelChangeForm): void {
  if (labels != null) checkLabels('labels', labels);
  if (addLabels != null) checkLabels('addLabels', addLabels);
  if (labels != null && (addLabels != null || removeLabels != null)) {
    throw invalidInput(
      'labels',
      'onlyOneWay',
      'Give either labels, which stand for all of them, or addLabels and removeLabels.',
    );
  }
  if (removeLabels == null) return;
  if (removeLabels.length > LABELS_MAX) {
    throw invalidInput('removeLabels', 'maxCount', `At most ${LABELS_MAX} labels can be removed: leave some out.`);
  }
  for (const [index, key] of removeLabels.entries()) {
    if (!isKey(key)) {
      throw invalidInput('removeLabels', 'labelKey', `${place(index)}: this can be no key of a label: leave it out.`);
    }
    if (addLabels?.some((label) => label.key === key)) {
      throw invalidInput('removeLabels', 'addedToo', `The label ${key} is both added and removed: choose one.`);
    }
  }
}

/** A change of labels as commands take it. */
export interface LabelChange {
  readonly labels?: Readonly<Record<string, string>> | null | undefined;
  readonly addLabels?: Readonly<Record<string, string>> | null | undefined;
  readonly removeLabels?: readonly string[] | null | undefined;
}

/** The labels after a change; undefined when nothing was said about them. Throws INVALID_INPUT when they become too many. */
export function applyLabelChange(
  present: Readonly<Record<string, string>>,
  { labels, addLabels, removeLabels }: LabelChange,
): Readonly<Record<string, string>> | undefined {
  if (labels != null) return labels;
  if (addLabels == null && removeLabels == null) return undefined;
  const gone = new Set(removeLabels ?? []);
  const kept = Object.entries(present).filter(([key]) => !gone.has(key));
  const after = { ...Object.fromEntries(kept), ...addLabels };
  if (Object.keys(after).length <= LABELS_MAX) return after;
  throw invalidInput('addLabels', 'maxCount', `There can be at most ${LABELS_MAX} labels: remove some.`);
}

/** Labels that were checked, as records hold them. */
export function buildLabelRecord(labels: readonly LabelPair[]): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.map(({ key, value }) => [key, value]));
}
