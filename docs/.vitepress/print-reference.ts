import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { buildExample } from './example.ts';

const ROOTS = ['Query', 'Mutation', 'Subscription'];
const isOwn = ({ name }: GraphQLNamedType) => !name.startsWith('__') && !ROOTS.includes(name);

/** Text of a description, in which nothing is markup. */
const words = (text: string | null | undefined) =>
  (text ?? '').replaceAll('<', '&lt;').replaceAll('{{', '{ {').replaceAll('|', '\\|').replace(/\s+/g, ' ');

function link(type: { toString(): string }): string {
  const text = String(type);
  const name = text.replace(/[[\]!]/g, '');
  return /^(ID|String|Int|Float|Boolean)$/.test(name) ? `\`${text}\`` : `[\`${text}\`](types.md#${name.toLowerCase()})`;
}

type Named = GraphQLArgument | GraphQLInputField;

function argumentRows(args: readonly Named[]): string {
  if (args.length === 0) return '';
  const rows = args.map((one) => {
    const fallback = one.defaultValue === undefined ? '' : ` Default: \`${JSON.stringify(one.defaultValue)}\`.`;
    return `| \`${one.name}\` | ${link(one.type)} | ${words(one.description)}${fallback} |`;
  });
  return `\n| argument | type | |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

function deprecation(field: { readonly deprecationReason?: string | null | undefined }): string {
  return field.deprecationReason ? `\n**Deprecated:** ${words(field.deprecationReason)}\n` : '';
}

function printRoot(field: GraphQLField<unknown, unknown>, more = ''): string {
  return `## ${field.name}

${words(field.description)}
${deprecation(field)}${argumentRows(field.args)}
Answers ${link(field.type)}.
${more}`;
}

function printMutation(field: GraphQLField<unknown, unknown>): string {
  const { document, variables } = buildExample(field);
  const given =
    Object.keys(variables).length === 0 ? '' : `\n\n\`\`\`json\n${JSON.stringify(variables, null, 2)}\n\`\`\``;
  return printRoot(field, `\n\`\`\`graphql\n${document}\n\`\`\`${given}\n`);
}

function printType(type: GraphQLNamedType): string {
  const head = `## ${type.name}\n\n${words(type.description)}\n`;
  if (isEnumType(type)) {
    const rows = type.getValues().map((one) => `| \`${one.name}\` | ${words(one.description)} |`);
    return `${head}\n| value | |\n| --- | --- |\n${rows.join('\n')}\n`;
  }
  if (isScalarType(type)) return type.specifiedByURL ? `${head}\nSpecified by <${type.specifiedByURL}>.\n` : head;
  if (isInputObjectType(type))
    return `${head}${argumentRows(Object.values(type.getFields())).replace('argument', 'field')}`;
  if (!isObjectType(type) && !isInterfaceType(type)) return head;
  const rows = Object.values(type.getFields()).map((field) => {
    const given = field.args.length === 0 ? '' : `(${field.args.map(({ name }) => name).join(', ')})`;
    const old = field.deprecationReason ? ` **Deprecated:** ${words(field.deprecationReason)}` : '';
    return `| \`${field.name}${given}\` | ${link(field.type)} | ${words(field.description)}${old} |`;
  });
  return `${head}\n| field | type | |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);
const fieldsOf = (root: GraphQLObjectType | null | undefined) => Object.values(root?.getFields() ?? {}).sort(byName);

/** The pages of the reference by their names, from the schema alone. */
export function printReference(schema: GraphQLSchema): Readonly<Record<string, string>> {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => isOwn(type) && !/^(ID|String|Int|Float|Boolean)$/.test(getNamedType(type).name),
  );
  const page = (title: string, text: string | null | undefined, parts: readonly string[]) =>
    `# ${title}\n\n${words(text)}\n\n${parts.join('\n')}`;
  const [query, mutation, subscription] = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ];
  return {
    'queries.md': page(
      'Queries',
      query?.description,
      fieldsOf(query).map((field) => printRoot(field)),
    ),
    'mutations.md': page('Mutations', mutation?.description, fieldsOf(mutation).map(printMutation)),
    'subscriptions.md': page(
      'Subscriptions',
      subscription?.description,
      fieldsOf(subscription).map((field) => printRoot(field)),
    ),
    'types.md': page(
      'Types',
      'Everything that queries, mutations and subscriptions take and answer with.',
      types.sort(byName).map(printType),
    ),
  };
}
