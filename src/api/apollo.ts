import type { Server } from 'node:http';
import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { ApiContext } from '../../resolvers/context.ts';
import type { Logger } from '../log/logger.ts';
import type { ErrorFormatter } from './errors/format-error.ts';
import { refuseRequest } from './errors/refusals.ts';
import type { Executor } from './execution/executor.ts';
import { PREFLIGHTED } from './http/check-request.ts';
import { checkOperation } from './limits/check-operation.ts';
import { LIMITS } from './limits/limits.ts';

const DRAIN_MS = 5000;

/** What Apollo is made of here. */
export interface ApolloParts {
  readonly schema: GraphQLSchema;
  readonly execute: Executor;
  readonly httpServer: Server;
  readonly formatError: ErrorFormatter;
  readonly log: Logger;
}

/** Apollo Server as this API uses it: it behaves the same whatever NODE_ENV is, and reports to nobody. */
export function createApollo({ schema, execute, httpServer, formatError, log }: ApolloParts): ApolloServer<ApiContext> {
  return new ApolloServer<ApiContext>({
    schema,
    nodeEnv: 'production',
    introspection: true,
    csrfPrevention: { requestHeaders: [...PREFLIGHTED] },
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    formatError: (_formatted, error) => formatError(error),
    logger: {
      debug: (message) => log.debug(message),
      info: (message) => log.debug(message),
      warn: (message) => log.warn(message),
      error: (message) => log.error(message),
    },
    plugins: [
      ApolloServerPluginDrainHttpServer({ httpServer, stopGracePeriodMillis: DRAIN_MS }),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      checkOperations,
      executeQueries(execute, formatError),
    ],
  });
}

/** Refuses before execution what cannot be answered over HTTP or would cost too much. */
const checkOperations: ApolloServerPlugin<ApiContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, document, request }) {
        try {
          const operation = checkOperation(schema, document, request);
          if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
            throw refuseRequest(
              'Subscriptions are streams: send this request with the header "Accept: text/event-stream", or connect to ' +
                '/graphql by a WebSocket with graphql-transport-ws.',
              'Accept',
              'eventStream',
            );
          }
        } catch (error) {
          throw withStatus(error, 400);
        }
      },
    };
  },
};

/** Has queries executed here instead of by Apollo, which takes graphql's `execute` and no other. */
function executeQueries(execute: Executor, formatError: ErrorFormatter): ApolloServerPlugin<ApiContext> {
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ operation, document, request, contextValue }) {
          if (operation.operation !== OperationTypeNode.QUERY) return null;
          const { operationName, variables } = request;
          const { data, errors } = await execute({ document, operationName, variableValues: variables, contextValue });
          // Nothing was begun: Apollo says why.
          if (data === undefined) return null;
          const singleResult = errors === undefined ? { data } : { data, errors: errors.map(formatError) };
          return { http: { headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
        },
      };
    },
  };
}

/** The error as Apollo wants it to answer with this HTTP status. */
function withStatus(error: unknown, status: number): GraphQLError {
  const originalError = error instanceof Error ? error : new Error('something that is no Error was thrown');
  return new GraphQLError(originalError.message, { originalError, extensions: { http: { status } } });
}
