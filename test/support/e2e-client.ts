import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { type ApiClient, createApiClient } from '../../src/cli/api-client.ts';
import { eventually } from './eventually.ts';
import type { ServerLogin } from './server-facts.ts';

export interface E2eProgress {
  readonly percent: number | null;
  readonly bytesDone: number | null;
  readonly bytesTotal: number | null;
  readonly secondsLeft: number | null;
  readonly message: string | null;
}

export interface E2eStep {
  readonly name: string;
  readonly state: string;
  readonly attempt: number;
  readonly progress: E2eProgress | null;
  readonly failure: E2eFailure | null;
}

export interface E2eFailure {
  readonly code: string;
  readonly message: string;
  readonly step: string | null;
}

export interface E2eEvent {
  readonly sequence: number;
  readonly state: string;
  readonly percent: number;
  readonly step: E2eStep | null;
}

export interface E2eOperation {
  readonly id: string;
  readonly state: string;
  readonly percent: number;
  readonly failure: E2eFailure | null;
  readonly steps: readonly E2eStep[];
  readonly jobs: readonly { readonly id: string; readonly name: string; readonly state: string }[];
}

export interface E2eThing {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly failure: E2eFailure | null;
}

/** What a mutation answered: the thing that it is about, and the operation to follow. */
export interface Accepted {
  readonly id: string;
  readonly operationId: string;
  readonly notices: readonly string[];
}

const FAILURE = 'failure { code message step }';
const STEP = `name state attempt progress { percent bytesDone bytesTotal secondsLeft message } ${FAILURE}`;
const OPERATION = `id state percent ${FAILURE} steps { ${STEP} } jobs { id name state }`;
export const TERMINAL: readonly string[] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

type Fields = Readonly<Record<string, unknown>>;

/** The public API as a client program uses it. */
export interface E2eClient extends ApiClient {
  createInstance(input: Fields): Promise<Accepted>;
  createImage(input: Fields): Promise<Accepted>;
  /** deleteInstance, stopInstance, startInstance and restartInstance. */
  changeInstance(verb: 'delete' | 'stop' | 'start' | 'restart', instanceId: string): Promise<Accepted>;
  deleteImage(imageId: string): Promise<Accepted>;
  cancel(operationId: string): Promise<void>;
  retry(operationId: string): Promise<void>;
  operation(id: string): Promise<E2eOperation>;
  instance(id: string): Promise<E2eThing>;
  image(id: string): Promise<E2eThing>;
  /** Events after the sequence number, up to the terminal one. */
  events(operationId: string, after?: number): AsyncIterable<E2eEvent>;
  /** Waits until the operation is over, two minutes unless told otherwise; fails with its failure unless it ends in the state. */
  untilOver(operationId: string, state?: string, timeoutMs?: number): Promise<E2eOperation>;
  /** Resolves as soon as a step has begun and, if told, what it reports is accepted. Fails when the operation ends first. */
  untilStep(operationId: string, step: string, accept?: (progress: E2eProgress | null) => boolean): Promise<void>;
  login(instanceId: string): Promise<ServerLogin>;
}

/** A client of the server at the URL, which ends in `/graphql`. */
export function createE2eClient({ url, token }: { readonly url: string | null; readonly token: string }): E2eClient {
  if (url === null) throw new Error('a worker has no API');
  const api = createApiClient(url, token);
  const mutate = async (field: string, type: string, thing: string, input: Fields): Promise<Accepted> => {
    const notices = field.startsWith('create') ? 'notices' : '';
    const { answer } = await api.request<{
      answer: Record<string, { id: string }> & { operation: { id: string }; notices?: readonly string[] };
    }>(
      `mutation ($input: ${type}!) { answer: ${field}(input: $input) { ${thing} { id } operation { id } ${notices} } }`,
      {
        input,
      },
    );
    return { id: answer[thing]?.id ?? '', operationId: answer.operation.id, notices: answer.notices ?? [] };
  };
  const readThing = async (field: 'instance' | 'image', id: string) => {
    const { thing } = await api.request<{ thing: E2eThing }>(
      `query ($id: ID!) { thing: ${field}(id: $id) { id name state ${FAILURE} } }`,
      { id },
    );
    return thing;
  };
  const change = async (field: string, type: string, operationId: string) => {
    await api.request(`mutation ($input: ${type}!) { ${field}(input: $input) { operation { id } } }`, {
      input: { operationId },
    });
  };

  const client: E2eClient = {
    ...api,
    createInstance: (input) => mutate('createInstance', 'CreateInstanceInput', 'instance', input),
    createImage: (input) => mutate('createImage', 'CreateImageInput', 'image', input),
    changeInstance: (verb, instanceId) =>
      mutate(`${verb}Instance`, `${verb[0]?.toUpperCase()}${verb.slice(1)}InstanceInput`, 'instance', { instanceId }),
    deleteImage: (imageId) => mutate('deleteImage', 'DeleteImageInput', 'image', { imageId }),
    cancel: (id) => change('cancelOperation', 'CancelOperationInput', id),
    retry: (id) => change('retryOperation', 'RetryOperationInput', id),
    operation: async (id) => {
      const { operation } = await api.request<{ operation: E2eOperation }>(
        `query ($id: ID!) { operation(id: $id) { ${OPERATION} } }`,
        { id },
      );
      return operation;
    },
    instance: (id) => readThing('instance', id),
    image: (id) => readThing('image', id),
    events: (id, after = 0) =>
      api.subscribe<E2eEvent>(
        `subscription ($id: ID!, $after: Int) { operationEvents(operationId: $id, after: $after) { sequence state percent step { ${STEP} } } }`,
        { id, after },
      ),
    async untilOver(id, state = 'SUCCEEDED', timeoutMs = 400_000) {
      const over = await eventually(
        async () => {
          await delay(50);
          return client.operation(id);
        },
        (operation) => TERMINAL.includes(operation.state),
        timeoutMs,
      );
      expect({ state: over.state, failure: over.failure }, JSON.stringify(over.failure)).toMatchObject({ state });
      return over;
    },
    async untilStep(id, step, accept = () => true) {
      // By its events, which no step is too short for.
      for await (const event of client.events(id)) {
        const { step: changed } = event;
        if (changed?.name === step && changed.state === 'RUNNING' && accept(changed.progress)) return;
      }
      expect.fail(`the operation ended and its step "${step}" was never seen like that`);
    },
    async login(instanceId) {
      const answer = await api.request<{
        credentials: { username: string; password: string };
        instance: { endpoint: { host: string; port: number } };
      }>(
        `query ($id: ID!) { credentials: instanceCredentials(instanceId: $id) { username password }
          instance(id: $id) { endpoint { host port } } }`,
        { id: instanceId },
      );
      const { username, password } = answer.credentials;
      return { ...answer.instance.endpoint, user: username, password };
    },
  };
  return client;
}
