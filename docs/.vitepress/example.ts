import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** What fields are called like in an example; what is not here is made from its type. */
const VALUES: Readonly<Record<string, unknown>> = {
  name: 'shop',
  username: 'ann',
  password: 'a long password',
  currentPassword: 'the password so far',
  newPassword: 'a long password',
  cron: '0 3 * * *',
  url: 'https://hooks.example.com/toygres',
  key: 'team',
  value: 'shop',
  retention: { keepDaily: 7, keepWeekly: 4 },
};
const ID = '5f0c4a52-6d0e-4a0c-9a53-0d8a3c1f7b11';
/** What shows what a mutation is for, though it need not be given. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  CreateImageInput: ['idempotencyKey'],
  CreateInstanceInput: ['labels', 'idempotencyKey'],
  CreateScheduleInput: ['selector', 'timeZone'],
  UpdateInstanceInput: ['addLabels', 'storageGib'],
  UpdateImageInput: ['protected'],
  UpdateScheduleInput: ['enabled'],
  UpdateUserInput: ['role'],
  UpdateWebhookInput: ['enabled'],
  DeleteInstanceInput: ['finalImage'],
  CreateApiTokenInput: ['expiresAt'],
};
const OF_NAMES: Readonly<Record<string, unknown>> = {
  idempotencyKey: 'shop-2027-01-31',
  timeZone: 'Europe/Berlin',
  storageGib: 20,
  protected: true,
  enabled: false,
  finalImage: 'shop-final',
  expiresAt: '2099-01-31T00:00:00Z',
};

/** A value that an input takes. */
export function exampleValue(name: string, type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return exampleValue(name, type.ofType);
  if (isListType(type)) return [exampleValue(name, type.ofType)];
  if (name in VALUES) return VALUES[name];
  if (name in OF_NAMES) return OF_NAMES[name];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const wanted = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || (ALSO[type.name] ?? []).includes(field.name),
    );
    return Object.fromEntries(wanted.map((field) => [field.name, exampleValue(field.name, field.type)]));
  }
  return { ID, Int: 1, SafeInt: 1, Float: 1, Boolean: true, DateTime: '2099-01-31T00:00:00Z' }[type.name] ?? 'text';
}

const SHOWN =
  /^(id|name|username|state|percent|notices|token|secret|password|ok|statusCode|enabled|expiresAt|message)$/;

function selection(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).flatMap((field) => {
    if (field.args.length > 0) return [];
    if (isLeafType(getNamedType(field.type))) return SHOWN.test(field.name) || depth === 0 ? [field.name] : [];
    if (depth >= 2 || (depth >= 1 && /^(labels|failure|scope|actor|readiness)$/.test(field.name))) return [];
    const inner = depth === 0 ? selection(field.type, depth + 1) : '';
    return inner === '' ? [] : [`${field.name} ${inner}`];
  });
  return fields.length === 0 ? '' : `{ ${fields.join(' ')} }`;
}

/** One call of a mutation, with its variables. */
export interface Example {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** How a mutation is called, with what it needs and what is often given. */
export function buildExample({ name, args, type }: GraphQLField<unknown, unknown>): Example {
  const given = args.map((one) => `$${one.name}: ${String(one.type)}`).join(', ');
  const handed = args.map((one) => `${one.name}: $${one.name}`).join(', ');
  const call = args.length === 0 ? name : `${name}(${handed})`;
  const head = args.length === 0 ? 'mutation' : `mutation (${given})`;
  return {
    document: `${head} {\n  ${call} ${selection(type, 0)}\n}`,
    variables: Object.fromEntries(args.map((one) => [one.name, exampleValue(one.name, one.type)])),
  };
}
