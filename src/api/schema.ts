import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, getMetadataStorage, type PubSub, type ResolverData } from 'type-graphql';
import { checkRole } from '../../resolvers/authorization.ts';
import type { ApiContext } from '../../resolvers/context.ts';
import { RESOLVERS } from '../../resolvers/registry.ts';
import { guardRootFields } from './guard-root-fields.ts';

// type-graphql wants one as soon as there is a subscription; ours bring their own streams and never come here.
const NO_PUB_SUB: PubSub = {
  publish() {
    throw new Error('subscriptions follow streams, nothing is published');
  },
  subscribe() {
    throw new Error('subscriptions follow streams, nothing is published');
  },
};

let schema: GraphQLSchema | undefined;

/** The executable schema, built when first asked for. It holds no service: those come with the context of each request. */
export function readSchema(): GraphQLSchema {
  if (schema === undefined) leavePropertiesPlain();
  schema ??= guardRootFields(
    describeRoots(
      buildSchemaSync({
        resolvers: [...RESOLVERS],
        container: ({ context }: ResolverData<ApiContext>) => context.container,
        authChecker: checkRole,
        pubSub: NO_PUB_SUB,
        validate: false,
      }),
    ),
  );
  return schema;
}

/** A field that shows a property needs no function of its own, unless something else is asked of it. */
function leavePropertiesPlain(): void {
  const { fields, authorizedFields, middlewares } = getMetadataStorage();
  for (const field of fields) {
    const isOf = ({ target, fieldName }: { readonly target: unknown; readonly fieldName: string }) =>
      target === field.target && fieldName === field.name;
    if (!authorizedFields.some(isOf) && !middlewares.some(isOf)) field.simple ??= true;
  }
}

/** type-graphql makes the three roots by itself and takes no words for them. */
function describeRoots(built: GraphQLSchema): GraphQLSchema {
  const words = [
    [built.getQueryType(), 'What can be read. Nothing here changes anything.'],
    [
      built.getMutationType(),
      'What can be asked to be done. What takes time answers with an operation at once, and operationEvents follows it.',
    ],
    [
      built.getSubscriptionType(),
      'What can be followed, over a WebSocket (graphql-transport-ws) or as text/event-stream (graphql-sse).',
    ],
  ] as const;
  for (const [type, description] of words) if (type != null) type.description = description;
  return built;
}
