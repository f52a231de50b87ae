import type { IncomingMessage } from 'node:http';
import { type ExecutionArgs, GraphQLError, type GraphQLSchema } from 'graphql';
import { type Context, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import type { ApiContext } from '../../../resolvers/context.ts';
import type { Caller } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Authenticator } from '../authenticator.ts';
import type { ErrorFormatter } from '../errors/format-error.ts';
import { refuseExcess } from '../errors/refusals.ts';
import { DocumentFaults, type PreparedOperation, type Preparer } from '../execution/prepare-operation.ts';
import type { Deliveries } from '../execution/run-subscription.ts';
import type { RequestSources } from '../http/request-sources.ts';
import type { Budgets } from '../limits/budgets.ts';
import { LIMITS } from '../limits/limits.ts';
import { deliverTo, type Target } from './deliver.ts';
import { findAuthorization } from './find-authorization.ts';

/** What is kept of a connection. */
export interface Connection {
  readonly request: IncomingMessage;
  readonly sendPieces: Target['sendPieces'];
  caller: Caller | null;
  /** Closes it, with a code of the protocol. */
  readonly close: (code: number, reason: string) => void;
  /** Ends what watches over the caller's rights; null once the connection is gone. */
  unwatch: (() => void) | null;
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
  readonly preparer: Preparer;
  readonly subscriptions: { open(prepared: PreparedOperation, caller: Caller): Deliveries };
  readonly sources: Pick<RequestSources, 'ofSocket'>;
  readonly budgets: Pick<Budgets, 'connect'>;
}

/** An operation with whom it is for, as it passes through the protocol. */
interface AcceptedOperation extends ExecutionArgs {
  readonly prepared: PreparedOperation;
  readonly caller: Caller;
  readonly target: Target;
}

/** graphql-transport-ws with the same login, limits and errors as over HTTP. */
export function createProtocol(parts: ProtocolParts): Server<Connection> {
  const { schema, auth, createContext, formatError, preparer, sources, budgets } = parts;
  type Connected = Context<Record<string, unknown>, Connection>;

  function accept({ extra, subscriptions }: Connected, id: string, payload: SubscribePayload): AcceptedOperation {
    const { caller, sendPieces } = extra;
    if (caller === null) throw new CloseConnection(4401, 'Unauthorized');
    if (Object.keys(subscriptions).length > LIMITS.operationsPerSocket) {
      throw refuseExcess(
        'tooManySubscriptions',
        `A connection can have ${LIMITS.operationsPerSocket} operations at a time: open another one.`,
      );
    }
    const prepared = preparer.prepare(payload);
    const { document, operationName, variables: variableValues } = prepared;
    const target = { id, sendPieces };
    const contextValue = createContext(caller);
    return { schema, document, operationName, variableValues, contextValue, prepared, caller, target };
  }

  return makeServer<Record<string, unknown>, Connection>({
    async onConnect({ connectionParams, extra }) {
      const authorization = findAuthorization(connectionParams, extra.request);
      const source = sources.ofSocket(extra.request);
      const caller = await auth.authenticate(authorization, source).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'UNAUTHENTICATED') {
          throw new CloseConnection(4401, `Unauthorized: ${error.message}`);
        }
        throw error;
      });
      extra.caller = caller;
      const onEnd = () =>
        extra.close(4401, 'Unauthorized: what you signed in with has ended, or your rights have changed');
      // It may have gone while this was looked up.
      if (extra.unwatch === null) return;
      const release = takePlace(() => budgets.connect(caller));
      const unwatch = auth.watch?.(authorization, source, caller, onEnd);
      extra.unwatch = () => {
        release();
        unwatch?.();
      };
    },
    onSubscribe(context, id, payload) {
      try {
        return accept(context, id, payload);
      } catch (error) {
        if (error instanceof CloseConnection) throw error;
        return error instanceof DocumentFaults ? error.errors : [asGraphQLError(error)];
      }
    },
    subscribe(args) {
      const { prepared, caller, target } = args as AcceptedOperation;
      return deliverTo(target, parts.subscriptions.open(prepared, caller));
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

/** Too many is no fault of this one connection: its client tries again later. */
function takePlace(take: () => () => void): () => void {
  try {
    return take();
  } catch (error) {
    throw error instanceof AppError ? new CloseConnection(4429, error.message) : error;
  }
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error('something that is no Error was thrown');
  return new GraphQLError(originalError.message, { originalError });
}
