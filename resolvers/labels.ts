import {
  buildLabelRecord,
  type LabelChange,
  type LabelChangeForm,
  type LabelPair,
} from '../schema/rules/label-rules.ts';

type Labels = Readonly<Record<string, string>>;

/** Labels of an input, checked before, in the form that records have; what was not given stays not given. */
export function readLabels(labels: readonly LabelPair[] | null | undefined): Labels | null | undefined {
  return labels == null ? labels : buildLabelRecord(labels);
}

/** A change of labels of an input, checked before, in the form that commands take. */
export function readLabelChange({ labels, addLabels, removeLabels }: LabelChangeForm): Required<LabelChange> {
  return { labels: readLabels(labels), addLabels: readLabels(addLabels), removeLabels };
}

/** Labels of a record as clients see them, in an order that does not change. */
export function listLabels(labels: Labels): LabelPair[] {
  return Object.entries(labels)
    .map(([key, value]) => ({ key, value }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
