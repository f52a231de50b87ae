import { defaultFieldResolver, type GraphQLField, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { checkRule } from '../../resolvers/access/check-rule.ts';
import { type RootRule, requireRule } from '../../resolvers/access/rules.ts';
import type { ApiContext } from '../../resolvers/context.ts';

type Field = GraphQLField<unknown, ApiContext>;
type Resolve = GraphQLFieldResolver<unknown, ApiContext>;

/** The fields of inputs by which mutations and queries name what they are about. */
const TARGETS = ['instanceId', 'imageId', 'operationId', 'userId', 'apiTokenId', 'scheduleId', 'webhookId'] as const;

function findTarget(args: Readonly<Record<string, unknown>>): string | null {
  const input = typeof args.input === 'object' && args.input !== null ? args.input : args;
  for (const name of TARGETS) {
    const id = Reflect.get(input, name);
    if (typeof id === 'string') return id;
  }
  return null;
}

/** Has each root field obey its rule, and what changes something written down. Throws for a field without a rule. */
export function guardRootFields(schema: GraphQLSchema): GraphQLSchema {
  for (const [type, isMutation] of [
    [schema.getQueryType(), false],
    [schema.getMutationType(), true],
  ] as const) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const rule = requireRule(type?.name ?? '', field.name);
      guardResolver(field, rule, rule.audit ?? (isMutation ? field.name : null));
    }
  }
  const subscriptions = schema.getSubscriptionType();
  for (const field of Object.values(subscriptions?.getFields() ?? {})) {
    guardSource(field, requireRule(subscriptions?.name ?? '', field.name));
  }
  return schema;
}

function guardResolver(field: Field, rule: RootRule, action: string | null): void {
  const resolve: Resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = async (source, args, context, info) => {
    const { caller, services } = context;
    // Before anything is written down of it: what is too much is not even that.
    context.spend(rule.cost);
    const work = async () => {
      checkRule(rule, caller, field.name);
      return resolve(source, args, context, info);
    };
    return action === null ? work() : services.audit.watch({ action, caller, target: findTarget(args) }, work);
  };
}

function guardSource(field: Field, rule: RootRule): void {
  const { subscribe } = field;
  if (subscribe === undefined) throw new Error(`the subscription ${field.name} follows nothing`);
  field.subscribe = (source, args, context, info) => {
    checkRule(rule, context.caller, field.name);
    return subscribe(source, args, context, info);
  };
}
