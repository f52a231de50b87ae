import { type GraphQLFormattedError, parse, validate } from 'graphql';
import { createContext } from '../../resolvers/context.ts';
import type { Caller } from '../../resolvers/ports/commands.ts';
import { createResolverContainer, type Services } from '../../resolvers/services.ts';
import type { Role } from '../../schema/states.ts';
import { createErrorFormatter } from '../../src/api/errors/format-error.ts';
import { createExecutor } from '../../src/api/execution/executor.ts';
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
  const schema = readSchema();
  const document = parse(source);
  const faults = validate(schema, document);
  const contextValue = createContext(services, createResolverContainer(services), caller);
  const { data, errors = [] } =
    faults.length > 0
      ? { data: undefined, errors: faults }
      : await createExecutor(schema)({ document, variableValues: variables, contextValue });
  return { data: data === undefined ? null : JSON.parse(JSON.stringify(data)), errors: errors.map(formatError) };
}

/** The codes of the errors of an answer. */
export function codes({ errors }: { readonly errors?: readonly GraphQLFormattedError[] }): unknown[] {
  return (errors ?? []).map(({ extensions }) => extensions?.code);
}
