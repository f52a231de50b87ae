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
