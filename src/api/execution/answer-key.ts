import { type FieldNode, Kind, print, visit } from 'graphql';
import type { PreparedOperation } from './prepare-operation.ts';

interface Selection {
  readonly text: string;
  readonly variables: readonly string[];
}

const selections = new WeakMap<object, Selection>();

/**
 * What decides how an event of a subscription is answered to callers with equal rights: equal keys, equal answers. Where a
 * subscription begins (`after`) and what it follows is not part of it, since that decides only which events there are.
 */
export function buildAnswerKey(prepared: PreparedOperation): string {
  const selection = readSelection(prepared);
  const values = selection.variables.map((name) => prepared.variables[name]);
  return values.length === 0 ? selection.text : `${JSON.stringify(values)} ${selection.text}`;
}

function readSelection(prepared: PreparedOperation): Selection {
  const { operation } = prepared;
  const known = selections.get(operation);
  if (known !== undefined) return known;
  const [root, ...others] = operation.selectionSet.selections;
  const isPlain = root?.kind === Kind.FIELD && others.length === 0 && !root.directives?.length;
  const selection = isPlain ? selectionOf(root, prepared) : wholeOf(prepared);
  selections.set(operation, selection);
  return selection;
}

function selectionOf(root: FieldNode, { document, operation }: PreparedOperation): Selection {
  const parts = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const used = new Set<string>();
  const collect = { Variable: ({ name }: { readonly name: { readonly value: string } }) => void used.add(name.value) };
  if (root.selectionSet !== undefined) visit(root.selectionSet, collect);
  for (const part of parts) visit(part, collect);
  const defaults = operation.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value)) ?? [];
  const head = `${root.alias?.value ?? ''}:${root.name.value}`;
  const selected = root.selectionSet === undefined ? '' : print(root.selectionSet);
  return {
    text: [head, selected, ...defaults.map(print), ...parts.map(print)].join('\n'),
    variables: [...used].sort(),
  };
}

function wholeOf({ document, operation }: PreparedOperation): Selection {
  return {
    text: `${operation.name?.value ?? ''}\n${print(document)}`,
    variables: operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? [],
  };
}
