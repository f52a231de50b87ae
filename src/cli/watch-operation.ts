import type { ApiClient } from './api-client.ts';
import { createProgressView, type ViewedStep } from './progress-view.ts';

const STEP_FIELDS = `position name state failure { message } startedAt finishedAt
  progress { percent bytesDone bytesTotal bytesPerSecond secondsLeft message }`;

interface WatchedEvent {
  readonly state: string;
  readonly percent: number;
  readonly step: ViewedStep | null;
}

interface WatchedOperation {
  readonly operation: {
    readonly state: string;
    readonly failure: { readonly code: string; readonly message: string; readonly step: string | null } | null;
    readonly steps: readonly ViewedStep[];
    readonly jobs: readonly { readonly id: string }[];
  };
}

async function readOperation(api: ApiClient, operationId: string): Promise<WatchedOperation['operation']> {
  const { operation } = await api.request<WatchedOperation>(
    `query ($id: ID!) { operation(id: $id) { state failure { code message step } steps { ${STEP_FIELDS} } jobs { id } } }`,
    { id: operationId },
  );
  return operation;
}

/** Hands on each line of a job's log until it ends. */
async function followLog(api: ApiClient, jobId: string, onLine: (text: string) => void): Promise<void> {
  const lines = api.subscribe<{ text: string }>('subscription ($id: ID!) { jobLogs(jobId: $id) { text } }', {
    id: jobId,
  });
  for await (const line of lines) onLine(line.text);
}

/** As it was at the first event: what came of it since is told by the events, each in its turn. */
function asBefore(step: ViewedStep): ViewedStep {
  return { ...step, state: 'PENDING', progress: null, failure: null, startedAt: null, finishedAt: null };
}

/**
 * Shows an operation on `stream` from its first event to its last, with its jobs' logs.
 * Throws with the failure's own words when it does not end SUCCEEDED.
 */
export async function watchOperation(
  api: ApiClient,
  operationId: string,
  title: string,
  stream: NodeJS.WriteStream,
): Promise<void> {
  const view = createProgressView(stream);
  const { steps: asOfNow } = await readOperation(api, operationId);
  const steps = new Map(asOfNow.map((step) => [step.position, asBefore(step)]));
  const followed = new Map<string, Promise<void>>();
  const events = api.subscribe<WatchedEvent>(
    `subscription ($id: ID!) { operationEvents(operationId: $id) { state percent step { ${STEP_FIELDS} } } }`,
    { id: operationId },
  );
  for await (const event of events) {
    if (event.step !== null) steps.set(event.step.position, event.step);
    view.show({ title, percent: event.percent, state: event.state, steps: [...steps.values()] });
    if (event.step?.state !== 'SUCCEEDED') continue;
    for (const { id } of (await readOperation(api, operationId)).jobs)
      if (!followed.has(id)) followed.set(id, followLog(api, id, view.log));
  }
  await Promise.all(followed.values());
  const { state, failure } = await readOperation(api, operationId);
  view.finish();
  if (state !== 'SUCCEEDED')
    throw new Error(`${title}: ${state}${failure === null ? '' : `${placeOf(failure)}: ${failure.message}`}`);
}

function placeOf({ step }: { readonly step: string | null }): string {
  return step === null ? '' : ` at "${step}"`;
}
