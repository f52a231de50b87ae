import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
} from 'graphql';

/** A field of a selection, with all that can be known of it before there is anything to show. */
export interface PlannedField {
  /** Under which name it is answered. */
  readonly key: string;
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  /** Of a value that is the property of its name and nothing else; null for all others. */
  readonly plain: GraphQLLeafType | null;
  readonly isRequired: boolean;
  /** What is asked for beneath it, by the type that a value turns out to have. */
  readonly beneath: ReadonlyMap<GraphQLObjectType, Selection>;
}

/** The fields that are asked for of one type, in the order in which they are answered. */
export type Selection = readonly PlannedField[];

/** The parts of a document that are executed. */
export interface PlannedOperation {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly root: Selection;
}

/** A document with more is executed without a plan, so that none can fill the memory with one. */
const MOST_FIELDS = 5000;

/** What a plan has no words for: conditions, the schema itself, and the one name that an object does not take as a key. */
class Unplanned extends Error {}

/** Plans what a valid query or subscription asks for; null for what is to be executed without a plan. */
export function planOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): PlannedOperation | null {
  const root = schema.getRootType(operation.operation);
  // The fields of a mutation wait for each other.
  if (operation.operation === OperationTypeNode.MUTATION || root == null) return null;
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
  }
  try {
    return { operation, fragments, root: createPlanner(schema, fragments)(root, [operation.selectionSet]) };
  } catch (error) {
    if (error instanceof Unplanned) return null;
    throw error;
  }
}

function createPlanner(schema: GraphQLSchema, fragments: PlannedOperation['fragments']) {
  const known = new Map<SelectionSetNode, Map<GraphQLObjectType, Selection>>();
  let planned = 0;

  function applies(type: GraphQLObjectType, condition: string | undefined): boolean {
    if (condition === undefined || condition === type.name) return true;
    const conditional = schema.getType(condition);
    return isAbstractType(conditional) && schema.isSubType(conditional, type);
  }

  /** The fields of the type by the names under which they are answered; the same one may be asked for in several places. */
  function collect(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Map<string, FieldNode[]> {
    const fields = new Map<string, FieldNode[]>();
    const seen = new Set<string>();
    const look = (set: SelectionSetNode): void => {
      for (const node of set.selections) {
        if (node.directives?.length) throw new Unplanned();
        if (node.kind === Kind.FIELD) {
          const key = node.alias?.value ?? node.name.value;
          const nodes = fields.get(key);
          if (nodes === undefined) fields.set(key, [node]);
          else nodes.push(node);
        } else if (node.kind === Kind.INLINE_FRAGMENT) {
          if (applies(type, node.typeCondition?.name.value)) look(node.selectionSet);
        } else if (!seen.has(node.name.value)) {
          seen.add(node.name.value);
          const fragment = fragments[node.name.value];
          if (fragment !== undefined && applies(type, fragment.typeCondition.name.value)) look(fragment.selectionSet);
        }
      }
    };
    for (const set of sets) look(set);
    return fields;
  }

  function planField(parent: GraphQLObjectType, key: string, nodes: readonly FieldNode[]): PlannedField {
    planned += 1;
    const name = nodes[0]?.name.value ?? '';
    const field = name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : parent.getFields()[name];
    if (field === undefined || key === '__proto__' || planned > MOST_FIELDS) throw new Unplanned();
    const named = getNamedType(field.type);
    const value = getNullableType(field.type);
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const types = isAbstractType(named) ? schema.getPossibleTypes(named) : [named];
    return {
      key,
      parent,
      field,
      nodes,
      plain: field.resolve === undefined && isLeafType(value) ? value : null,
      isRequired: isNonNullType(field.type),
      beneath: new Map(
        isCompositeType(named) ? (types as GraphQLObjectType[]).map((type) => [type, plan(type, sets)]) : [],
      ),
    };
  }

  function plan(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Selection {
    const [only, ...others] = sets;
    const kept = others.length === 0 && only !== undefined ? known.get(only)?.get(type) : undefined;
    if (kept !== undefined) return kept;
    const selection = [...collect(type, sets)].map(([key, nodes]) => planField(type, key, nodes));
    if (others.length === 0 && only !== undefined) {
      known.set(only, (known.get(only) ?? new Map()).set(type, selection));
    }
    return selection;
  }

  return plan;
}
