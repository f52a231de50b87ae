import * as documents from './documents.ts';
import { NotFoundError, OperationFailedError } from './errors.ts';
import { type FollowOptions, followFrom } from './follow.ts';
import { followInstanceLog, type InstanceLogLine, type InstanceLogStart } from './follow-instance-logs.ts';
import type {
  CancelOperationInput,
  CreateImageInput,
  CreateInstanceInput,
  DeleteImageInput,
  DeleteInstanceInput,
  FollowJobLogsSubscription,
  FollowOperationSubscription,
  OperationFieldsFragment,
  RestartInstanceInput,
  RetryOperationInput,
  RotateCredentialsInput,
  StartInstanceInput,
  StopInstanceInput,
  UpdateImageInput,
  UpdateInstanceInput,
} from './generated/graphql.ts';
import { createTransport, type RequestOptions, type TypedDocument, type Variables } from './transport.ts';

export * from './errors.ts';
export type { FollowOptions } from './follow.ts';
export type { InstanceLogLine } from './follow-instance-logs.ts';
export type * from './generated/graphql.ts';
export type { RequestOptions, TypedDocument, Variables } from './transport.ts';

export interface ConnectOptions {
  /** Where the server is: `https://toygres.example.com`, with or without `/graphql`. */
  readonly url: string;
  /** A bearer token, or how to get one; left out in a browser that is signed in. */
  readonly token?: string | (() => string | null | Promise<string | null>);
  /** How long the answer to a request is waited for, in ms. Default one minute. */
  readonly answerWithinMs?: number;
  /** Told when the connection for subscriptions is there, and when it is not any more; it is open while there are any. */
  readonly onSocket?: (state: 'open' | 'closed') => void;
}

export type OperationEvent = FollowOperationSubscription['operationEvents'];
export type LogLine = FollowJobLogsSubscription['jobLogBatches'][number];
export type Operation = OperationFieldsFragment;

export interface WaitOptions extends FollowOptions {
  /** Called with each event, from the first on. */
  readonly onEvent?: (event: OperationEvent) => void;
}

type By = { readonly id: string } | { readonly name: string };
type Ref = string | { readonly id: string };

const idOf = (ref: Ref) => (typeof ref === 'string' ? ref : ref.id);
/** Where the API of a server answers, of which the address is given with or without `/graphql`. */
export const endpointOf = (url: string) => (/\/graphql$/.test(url) ? url : `${url.replace(/\/+$/, '')}/graphql`);

/**
 * Opens nothing yet: the first request or subscription does.
 *
 * Every call throws an error of the class that belongs to its code (NotFoundError, ConflictError, ...). What follows
 * something goes on over lost connections and restarts of the server, with nothing lost and nothing twice.
 */
export function connect({ url, token, answerWithinMs, onSocket }: ConnectOptions) {
  const readToken = typeof token === 'function' ? token : () => token ?? null;
  const transport = createTransport({ url: endpointOf(url), token: readToken, answerWithinMs, onSocket });

  /** Any query or mutation: a document of the generator, or a text with the type of its answer. */
  async function request<Data, V = Variables>(
    document: TypedDocument<Data, V> | string,
    variables?: V,
    options: RequestOptions = {},
  ): Promise<Data> {
    return (await transport.request(String(document), (variables ?? {}) as Variables, options)) as Data;
  }

  /** Any subscription, until the server completes it; a lost connection ends it with UnavailableError. */
  async function* subscribe<Data, V = Variables>(
    document: TypedDocument<Data, V> | string,
    variables?: V,
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<Data, void, undefined> {
    for await (const answer of transport.subscribe(String(document), (variables ?? {}) as Variables, options.signal)) {
      yield answer as Data;
    }
  }

  /** Events of an operation in order, from the first after `after` to its last. */
  function operationEvents(
    operation: Ref,
    { after = 0, ...follow }: FollowOptions & { readonly after?: number } = {},
  ): AsyncGenerator<OperationEvent, void, undefined> {
    const operationId = idOf(operation);
    const open = async function* (cursor: number) {
      const answers = subscribe(documents.FOLLOW_OPERATION, { operationId, after: cursor }, follow);
      for await (const { operationEvents: event } of answers) yield event;
    };
    return followFrom(after, open, (event) => event.sequence, follow);
  }

  /**
   * What changes, by any document with `changes(after: $after) { cursor ... }`. Without `after` from now on; then it goes on
   * over lost connections as all that follows something does.
   */
  async function* changes<Data extends { readonly changes: { readonly cursor: string } }, V = Variables>(
    document: TypedDocument<Data, V> | string,
    { after = null, ...follow }: FollowOptions & { readonly after?: string | null } = {},
  ): AsyncGenerator<Data['changes'], void, undefined> {
    const open = async function* (cursor: string | null) {
      const answers = subscribe<Data>(String(document), { after: cursor }, follow);
      for await (const { changes: change } of answers) yield change as Data['changes'];
    };
    yield* followFrom<Data['changes'], string | null>(after, open, (change) => change.cursor, follow);
  }

  /** Lines of a job's log over all of its attempts, as `kubectl logs -f` shows them. */
  async function* jobLogs(
    job: Ref,
    options: FollowOptions & {
      readonly tailLines?: number;
      readonly afterLine?: number;
      readonly follow?: boolean;
    } = {},
  ): AsyncGenerator<LogLine, void, undefined> {
    const { tailLines, afterLine, follow = true, ...rest } = options;
    const jobId = idOf(job);
    const open = async function* (cursor: number | null) {
      const from = cursor === null ? (tailLines === undefined ? {} : { tailLines }) : { afterLine: cursor };
      const answers = subscribe(documents.FOLLOW_JOB_LOGS, { jobId, follow, ...from }, rest);
      for await (const { jobLogBatches: lines } of answers) if (lines.length > 0) yield lines;
    };
    const cursorOf = (lines: readonly LogLine[]) => lines.at(-1)?.line ?? null;
    for await (const lines of followFrom<readonly LogLine[], number | null>(afterLine ?? null, open, cursorOf, rest)) {
      yield* lines;
    }
  }

  /**
   * Lines of a server's log in lists, as they come: the last `tailLines` (100; null: all there are), then new ones. After a
   * lost connection it goes on behind the last line; where that cannot be found again a line says so.
   */
  function instanceLogs(
    instance: Ref,
    { tailLines, since, follow = true, ...rest }: FollowOptions & InstanceLogStart & { readonly follow?: boolean } = {},
  ): AsyncGenerator<readonly InstanceLogLine[], void, undefined> {
    const instanceId = idOf(instance);
    const open = async function* (start: InstanceLogStart) {
      const answers = subscribe(documents.FOLLOW_INSTANCE_LOGS, { instanceId, follow, ...start }, rest);
      for await (const { instanceLogBatches: lines } of answers) yield lines;
    };
    const start = { ...(tailLines === undefined ? {} : { tailLines }), ...(since === undefined ? {} : { since }) };
    return followInstanceLog(start, open, rest);
  }

  /** The operation as it is now. Throws NotFoundError. */
  async function readOperation(operation: Ref): Promise<Operation> {
    const id = idOf(operation);
    const { operation: found } = await request(documents.READ_OPERATION, { id });
    if (found) return found;
    throw new NotFoundError(`There is no operation ${id}.`, { code: 'NOT_FOUND' });
  }

  return {
    request,
    subscribe,
    operationEvents,
    changes,
    jobLogs,
    instanceLogs,
    readOperation,

    /** Resolves with the operation when it has SUCCEEDED. Throws OperationFailedError when it ends otherwise. */
    async waitForOperation(operation: Ref, { onEvent, ...follow }: WaitOptions = {}): Promise<Operation> {
      for await (const event of operationEvents(operation, follow)) onEvent?.(event);
      follow.signal?.throwIfAborted();
      const ended = await readOperation(operation);
      if (ended.state === 'SUCCEEDED') return ended;
      const state = ended.state === 'CANCELLED' ? 'CANCELLED' : 'FAILED';
      throw new OperationFailedError(ended.id, state, ended.failure ?? null);
    },

    /** Null when there is none. */
    findInstance: async (by: By) => (await request(documents.FIND_INSTANCE, by)).instance ?? null,
    /** Null when there is none. */
    findImage: async (by: By) => (await request(documents.FIND_IMAGE, by)).image ?? null,

    createInstance: async (input: CreateInstanceInput) =>
      (await request(documents.CREATE_INSTANCE, { input })).createInstance,
    updateInstance: async (input: UpdateInstanceInput) =>
      (await request(documents.UPDATE_INSTANCE, { input })).updateInstance,
    deleteInstance: async (input: DeleteInstanceInput) =>
      (await request(documents.DELETE_INSTANCE, { input })).deleteInstance,
    stopInstance: async (input: StopInstanceInput) => (await request(documents.STOP_INSTANCE, { input })).stopInstance,
    startInstance: async (input: StartInstanceInput) =>
      (await request(documents.START_INSTANCE, { input })).startInstance,
    restartInstance: async (input: RestartInstanceInput) =>
      (await request(documents.RESTART_INSTANCE, { input })).restartInstance,
    rotateCredentials: async (input: RotateCredentialsInput) =>
      (await request(documents.ROTATE_CREDENTIALS, { input })).rotateCredentials,
    createImage: async (input: CreateImageInput) => (await request(documents.CREATE_IMAGE, { input })).createImage,
    updateImage: async (input: UpdateImageInput) => (await request(documents.UPDATE_IMAGE, { input })).updateImage,
    deleteImage: async (input: DeleteImageInput) => (await request(documents.DELETE_IMAGE, { input })).deleteImage,
    cancelOperation: async (input: CancelOperationInput) =>
      (await request(documents.CANCEL_OPERATION, { input })).cancelOperation,
    retryOperation: async (input: RetryOperationInput) =>
      (await request(documents.RETRY_OPERATION, { input })).retryOperation,

    /** Ends subscriptions and the connection. Again: no effect. */
    close: () => transport.close(),
    [Symbol.asyncDispose]: () => transport.close(),
  };
}

export type Toygres = ReturnType<typeof connect>;
