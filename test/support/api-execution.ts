import { type GraphQLFormattedError, graphql } from 'graphql';
import { createContext } from '../../resolvers/context.ts';
import type { Caller } from '../../resolvers/ports/commands.ts';
import { createResolverContainer, type Services } from '../../resolvers/services.ts';
import type { Role } from '../../schema/states.ts';
import { createErrorFormatter } from '../../src/api/errors/format-error.ts';
import { readSchema } from '../../src/api/schema.ts';
import { createLogger } from '../../src/log/logger.ts';

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: what is in an answer is what each test asked for
  readonly data: any;
  readonly errors: readonly GraphQLFormattedError[];
}

/** Runs a document against the resolvers, without a server. */
export async function run(
  services: Services,
  source: string,
  {
    variables = {},
    role = 'ADMIN',
    caller = { kind: 'USER', id: null, name: 'ann', role },
  }: { variables?: Record<string, unknown>; role?: Role; caller?: Caller } = {},
): Promise<Answer> {
  const formatError = createErrorFormatter(createLogger('silent'));
  const { data, errors = [] } = await graphql({
    schema: readSchema(),
    source,
    variableValues: variables,
    contextValue: createContext(services, createResolverContainer(services), caller),
  });
  return { data: data === undefined ? null : JSON.parse(JSON.stringify(data)), errors: errors.map(formatError) };
}

/** The codes of the errors of an answer. */
export function codes({ errors }: { readonly errors?: readonly GraphQLFormattedError[] }): unknown[] {
  return (errors ?? []).map(({ extensions }) => extensions?.code);
}
