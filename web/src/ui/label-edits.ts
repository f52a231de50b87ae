/** A label of a record. */
export interface LabelPair {
  readonly key: string;
  readonly value: string;
}

/** What somebody has done to the labels of a record: the others stay what they are, also when somebody else changes them. */
export interface LabelEdits {
  readonly put: readonly LabelPair[];
  readonly dropped: readonly string[];
}

export const NO_EDITS: LabelEdits = { put: [], dropped: [] };

const has = (labels: readonly LabelPair[], { key, value }: LabelPair) =>
  labels.some((one) => one.key === key && one.value === value);

/** The edits that make `next` of the labels of a record. */
export function editsOf(labels: readonly LabelPair[], next: readonly LabelPair[]): LabelEdits {
  return {
    put: next.filter((label) => !has(labels, label)),
    dropped: labels.filter(({ key }) => !next.some((one) => one.key === key)).map(({ key }) => key),
  };
}

/** Labels of a record as they are now, with the edits. */
export function withEdits(labels: readonly LabelPair[], { put, dropped }: LabelEdits): readonly LabelPair[] {
  const others = labels.filter(({ key }) => !dropped.includes(key) && !put.some((one) => one.key === key));
  return [...others, ...put];
}

/** The part of an input that makes the edits of the labels as they are now; nothing where they are made already. */
export function labelChange(labels: readonly LabelPair[], { put, dropped }: LabelEdits) {
  const added = put.filter((label) => !has(labels, label)).map(({ key, value }) => ({ key, value }));
  const removed = dropped.filter((key) => labels.some((one) => one.key === key));
  return {
    ...(added.length === 0 ? {} : { addLabels: added }),
    ...(removed.length === 0 ? {} : { removeLabels: removed }),
  };
}
