import { SUPERUSER_NAME } from '../ports/superuser.ts';
import type { RunFacts, StepOptions, UndoContext, WorkflowServices } from '../workflow/context.ts';
import { readServerSpec } from './server-spec.ts';

type Context = WorkflowServices & RunFacts;

/** A fast shutdown writes a checkpoint of everything in memory first. */
export const STOPPING: StepOptions = { timeoutMs: 600_000 };
/** Removing a large volume takes its time. */
export const REMOVING: StepOptions = { timeoutMs: 600_000 };
/** Making a cluster on a busy machine. */
export const MAKING: StepOptions = { timeoutMs: 180_000 };

export async function ensureVolume(context: Context, instanceId: string): Promise<void> {
  await context.platform.ensureVolume(await readServerSpec(context, instanceId));
}

/** The password goes from the record to the platform and nowhere else. */
export async function ensureSecret(context: Context, instanceId: string): Promise<void> {
  const password = await context.instances.readPassword(instanceId);
  const spec = await readServerSpec(context, instanceId);
  await context.platform.ensureSecret(spec, { username: SUPERUSER_NAME, password });
}

export async function ensureConfiguration(context: Context, instanceId: string): Promise<void> {
  await context.platform.ensureConfiguration(await readServerSpec(context, instanceId));
}

export async function ensureServer(context: Context, instanceId: string): Promise<void> {
  await context.platform.ensureServer(await readServerSpec(context, instanceId));
}

export async function stopServer(context: Context, instanceId: string): Promise<void> {
  await context.platform.stopServer(await readServerSpec(context, instanceId));
}

/** Takes back all that a creation may have made, the data last. */
export async function takeDownServer(context: UndoContext, instanceId: string): Promise<void> {
  const { undo, platform } = context;
  const server = () => readServerSpec(context, instanceId);
  await undo('Remove the server', async () => platform.removeServer(await server()));
  await undo('Remove the configuration', async () => platform.removeConfiguration(await server()));
  await undo('Remove the secret', async () => platform.removeSecret(await server()));
  await undo('Remove the volume', async () => platform.removeVolume(await server()));
}
