import type { IncomingMessage } from 'node:http';
import { type ExecutionArgs, GraphQLError, type GraphQLSchema, validate } from 'graphql';
import { type Context, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import type { ApiContext } from '../../../resolvers/context.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Authenticator } from '../authenticator.ts';
import type { ErrorFormatter } from '../errors/format-error.ts';
import { checkLiterals } from '../errors/literals.ts';
import { refuseDocument, refuseExcess } from '../errors/refusals.ts';
import { checkOperation } from '../limits/check-operation.ts';
import { LIMITS } from '../limits/limits.ts';
import { parseDocument } from '../limits/parse-document.ts';
import type { SubscriptionSlots } from '../limits/subscription-slots.ts';
import { subscribeAfresh, withinSlot } from './subscribe-afresh.ts';

/** What is kept of a connection. */
export interface Connection {
  readonly request: IncomingMessage;
  caller: Caller | null;
}

/** Thrown to close a connection with a code of the protocol. */
export class CloseConnection extends Error {
  readonly code: number;

  constructor(code: number, reason: string) {
    super(reason);
    this.name = 'CloseConnection';
    this.code = code;
  }
}

/** What the protocol is made of. */
export interface ProtocolParts {
  readonly schema: GraphQLSchema;
  readonly auth: Authenticator;
  readonly createContext: (caller: Caller) => ApiContext;
  readonly formatError: ErrorFormatter;
  readonly slots: SubscriptionSlots;
}

/** graphql-transport-ws with the same login, limits and errors as over HTTP. */
export function createProtocol({ schema, auth, createContext, formatError, slots }: ProtocolParts): Server<Connection> {
  type Connected = Context<Record<string, unknown>, Connection>;

  function prepare({ extra, subscriptions }: Connected, payload: SubscribePayload): ExecutionArgs | GraphQLError[] {
    if (extra.caller === null) throw new CloseConnection(4401, 'Unauthorized');
    if (Object.keys(subscriptions).length > LIMITS.operationsPerSocket) {
      throw refuseExcess(
        'tooManySubscriptions',
        `A connection can have ${LIMITS.operationsPerSocket} operations at a time: open another one.`,
      );
    }
    const document = parseDocument(payload.query);
    checkLiterals(schema, document);
    const [...errors] = validate(schema, document);
    if (errors.length > 0) return errors.map(asDocumentError);
    checkOperation(schema, document, payload);
    return {
      schema,
      document,
      operationName: payload.operationName ?? null,
      variableValues: payload.variables ?? {},
      contextValue: createContext(extra.caller),
    };
  }

  return makeServer<Record<string, unknown>, Connection>({
    async onConnect({ connectionParams, extra }) {
      extra.caller = await auth.authenticate(readAuthorization(connectionParams)).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'UNAUTHENTICATED') {
          throw new CloseConnection(4401, `Unauthorized: ${error.message}`);
        }
        throw error;
      });
    },
    onSubscribe(context, _id, payload) {
      try {
        return prepare(context, payload);
      } catch (error) {
        if (error instanceof CloseConnection) throw error;
        return [asGraphQLError(error)];
      }
    },
    subscribe(args) {
      const { caller } = args.contextValue as ApiContext;
      return withinSlot(
        () => slots.take(caller),
        () => subscribeAfresh(args, () => createContext(caller)),
      );
    },
    onNext(_context, _id, _payload, _args, { data, errors }) {
      return {
        ...(data === undefined ? {} : { data }),
        ...(errors === undefined ? {} : { errors: errors.map(formatError) }),
      };
    },
    onError(_context, _id, _payload, errors) {
      return errors.map(formatError);
    },
  });
}

/** Headers are written in any case, and clients copy them as they are. */
function readAuthorization(connectionParams: Readonly<Record<string, unknown>> | undefined): unknown {
  const entries = Object.entries(connectionParams ?? {});
  return entries.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error('something that is no Error was thrown');
  return new GraphQLError(originalError.message, { originalError });
}

function asDocumentError({ message, nodes }: GraphQLError): GraphQLError {
  const { extensions } = refuseDocument(message);
  return new GraphQLError(message, { nodes: nodes ?? null, extensions });
}
