import { type ApiClient, createApiClient } from '../src/cli/api-client.ts';

/** An operation that has SUCCEEDED, with where its time went. */
export interface TimedOperation {
  /** From asking for it to its last event. */
  readonly seconds: number;
  readonly steps: ReadonlyMap<string, number>;
  /** How long its jobs ran on the platform. */
  readonly jobSeconds: number;
  /** The instance or image that it is about. */
  readonly id: string;
}

interface Span {
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

const secondsOf = ({ startedAt, finishedAt }: Span) =>
  startedAt === null || finishedAt === null ? 0 : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;

/** The product through its public API. */
export interface Product {
  /** Any mutation whose payload has the noun and an operation; waits for the end. Throws with the failure's own words. */
  run(mutation: string, noun: 'instance' | 'image', input: Readonly<Record<string, unknown>>): Promise<TimedOperation>;
  connectionString(instanceId: string): Promise<string>;
  imageBytes(imageId: string): Promise<number>;
  stop(): Promise<void>;
}

async function follow(api: ApiClient, operationId: string): Promise<void> {
  const subscription = 'subscription ($id: ID!) { operationEvents(operationId: $id) { sequence } }';
  for await (const _event of api.subscribe(subscription, { id: operationId }));
}

export function createProduct(url: string, token: string): Product {
  const api = createApiClient(url, token);
  return {
    async run(mutation, noun, input) {
      const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
      const document = `mutation ($input: ${type}!) { answer: ${mutation}(input: $input) { thing: ${noun} { id } operation { id } } }`;
      const begunAt = performance.now();
      const { answer } = await api.request<{ answer: { thing: { id: string }; operation: { id: string } } }>(document, {
        input,
      });
      await follow(api, answer.operation.id);
      const seconds = (performance.now() - begunAt) / 1000;
      const { operation } = await api.request<{
        operation: {
          state: string;
          failure: { message: string } | null;
          steps: ({ name: string } & Span)[];
          jobs: Span[];
        };
      }>(
        `query ($id: ID!) { operation(id: $id) { state failure { message }
          steps { name startedAt finishedAt } jobs { startedAt finishedAt } } }`,
        { id: answer.operation.id },
      );
      if (operation.state !== 'SUCCEEDED')
        throw new Error(`${mutation}: ${operation.failure?.message ?? operation.state}`);
      return {
        seconds,
        steps: new Map(operation.steps.map((step) => [step.name, secondsOf(step)])),
        jobSeconds: operation.jobs.reduce((sum, job) => sum + secondsOf(job), 0),
        id: answer.thing.id,
      };
    },
    async connectionString(instanceId) {
      const { credentials } = await api.request<{ credentials: { connectionString: string } }>(
        'query ($id: ID!) { credentials: instanceCredentials(instanceId: $id) { connectionString } }',
        { id: instanceId },
      );
      return credentials.connectionString;
    },
    async imageBytes(imageId) {
      const { image } = await api.request<{ image: { sizeBytes: number } }>(
        'query ($id: ID!) { image(id: $id) { sizeBytes } }',
        { id: imageId },
      );
      return image.sizeBytes;
    },
    stop: () => api.stop(),
  };
}
