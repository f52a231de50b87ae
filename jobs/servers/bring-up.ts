import type { FindingFacts } from '../../schema/rules/finding-rules.ts';
import type { RunContext } from '../workflow/context.ts';
import { type Endpoint, READINESS } from './readiness.ts';
import { CONNECTION_TEST, MAKING, type ServerSteps } from './server-steps.ts';

export type MakingStep = 'Create the volume' | 'Create the secret' | 'Create the configuration';
type StartingStep = 'Start the server' | 'Wait until the server is ready' | 'Test the connection';
type RunningStep = 'Mark the instance running';

/** What a server stands on is made first, the same for an empty one and for a restored one. */
export const makingSteps = (volume: number, secret: number, configuration: number): Record<MakingStep, number> => ({
  'Create the volume': volume,
  'Create the secret': secret,
  'Create the configuration': configuration,
});

/** Makes what the server stands on. */
export async function makeGround({ step }: RunContext<MakingStep>, server: ServerSteps): Promise<void> {
  await step('Create the volume', server.ensureVolume, MAKING);
  await step('Create the secret', server.ensureSecret);
  await step('Create the configuration', server.ensureConfiguration);
}

/** The steps by which a server starts and answers, with their weights. */
export const startingSteps = (start: number, ready: number, test: number): Record<StartingStep, number> => ({
  'Start the server': start,
  'Wait until the server is ready': ready,
  'Test the connection': test,
});

/** The steps by which a server comes up, with their weights; `more` are the workflow's own before it counts as running. */
export function bringUpSteps<M extends string = never>(
  start: number,
  ready: number,
  test: number,
  mark: number,
  more?: Readonly<Record<M, number>>,
): Record<StartingStep | RunningStep | M, number> {
  return {
    ...startingSteps(start, ready, test),
    ...more,
    'Mark the instance running': mark,
  } as Record<StartingStep | RunningStep | M, number>;
}

/** Starts the server, waits until it takes connections, takes one as a client would, and records that it runs. */
export async function bringUpServer(
  context: RunContext<StartingStep | RunningStep>,
  instanceId: string,
  server: ServerSteps,
  beforeRunning?: (endpoint: Endpoint) => Promise<void>,
  findings?: readonly FindingFacts[],
): Promise<void> {
  await bringUp(context, instanceId, server, server.connectAt, beforeRunning, findings);
}

/** The same for a server that was there before, and whatever became of its parts meanwhile. */
export async function bringUpAgain(
  context: RunContext<StartingStep | RunningStep>,
  instanceId: string,
  server: ServerSteps,
): Promise<void> {
  await bringUp(context, instanceId, { ...server, start: server.startAgain }, server.connectAt);
}

/** The same for a server that was made empty: with the first connection it gets the login that is no superuser. */
export async function bringUpNewServer(
  context: RunContext<StartingStep | RunningStep>,
  instanceId: string,
  server: ServerSteps,
  beforeRunning?: (endpoint: Endpoint) => Promise<void>,
): Promise<void> {
  await bringUp(context, instanceId, server, server.connectFirstAt, beforeRunning);
}

/** Starts the server, waits until it takes connections, and takes one as a client would. */
export async function startServer(
  { step }: RunContext<StartingStep>,
  server: ServerSteps,
  connectAt: ServerSteps['connectAt'],
): Promise<Endpoint> {
  await step('Start the server', server.start, MAKING);
  const endpoint = await step.until('Wait until the server is ready', server.ready, READINESS);
  await step('Test the connection', connectAt(endpoint), CONNECTION_TEST);
  return endpoint;
}

async function bringUp(
  context: RunContext<StartingStep | RunningStep>,
  instanceId: string,
  server: ServerSteps,
  connectAt: ServerSteps['connectAt'],
  beforeRunning: (endpoint: Endpoint) => Promise<void> = async () => undefined,
  findings?: readonly FindingFacts[],
): Promise<void> {
  const { step, instances } = context;
  const endpoint = await startServer(context, server, connectAt);
  await beforeRunning(endpoint);
  await step.commit('Mark the instance running', (tx) => instances.markRunning(tx, instanceId, endpoint, findings));
}
