import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql';

/**
 * The names of the fields that are asked for beneath the field at hand, down to `depth` levels, by whichever fragment. A
 * field under @skip or @include counts as asked for.
 */
export function selectedNames(info: GraphQLResolveInfo, depth: number): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (set: SelectionSetNode | undefined, left: number): void => {
    if (set === undefined || left === 0) return;
    for (const selection of set.selections) {
      if (selection.kind === 'Field') {
        names.add(selection.name.value);
        visit(selection.selectionSet, left - 1);
      } else if (selection.kind === 'InlineFragment') visit(selection.selectionSet, left);
      else visit(info.fragments[selection.name.value]?.selectionSet, left);
    }
  };
  for (const node of info.fieldNodes) visit(node.selectionSet, depth);
  return names;
}

/** What lies beneath what in a connection, on the two ways to its rows. */
const WAYS_TO_ROWS: Readonly<Record<string, string>> = {
  'connection nodes': 'row',
  'connection edges': 'edge',
  'edge node': 'row',
};

/** The names of the fields that are asked for of the rows of the connection at hand. */
export function namesOfRows(info: GraphQLResolveInfo): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (set: SelectionSetNode | undefined, place: string): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === 'InlineFragment') visit(selection.selectionSet, place);
      else if (selection.kind === 'FragmentSpread') visit(info.fragments[selection.name.value]?.selectionSet, place);
      else if (place === 'row') names.add(selection.name.value);
      else visitBelow(selection.selectionSet, WAYS_TO_ROWS[`${place} ${selection.name.value}`]);
    }
  };
  const visitBelow = (set: SelectionSetNode | undefined, place: string | undefined): void => {
    if (place !== undefined) visit(set, place);
  };
  for (const node of info.fieldNodes) visit(node.selectionSet, 'connection');
  return names;
}
