import { InstanceInput } from './inputs.ts';
import { SUPERUSER_NAME } from './ports/superuser.ts';
import { readServerSpec } from './servers/server-spec.ts';
import type { RunFacts, WorkflowServices } from './workflow/context.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

const ONE_TRY_MS = 10_000;

/** How the superuser logs in at the server, with the recorded password or the one that is to be. */
async function readLogins({ instances, platform }: WorkflowServices & RunFacts, instanceId: string) {
  const instance = await instances.read(instanceId);
  const { endpoint } = await platform.readServer(instance);
  const login = (password: string) => ({ username: SUPERUSER_NAME, password });
  const next = await instances.readNextPassword(instanceId);
  return {
    address: endpoint ?? instance.endpoint,
    recorded: login(await instances.readPassword(instanceId)),
    next: next === null ? null : login(next),
  };
}

type Context = WorkflowServices & RunFacts;

/** Sets the password by whichever login the server takes: a step that was cut off may have set it already. */
async function setPassword(context: Context, instanceId: string, which: 'next' | 'recorded'): Promise<void> {
  const { address, recorded, next } = await readLogins(context, instanceId);
  if (address === null || next === null) return;
  const [from, to] = which === 'next' ? [recorded, next] : [next, recorded];
  await context.probe.ensurePassword(address, from, to, { timeoutMs: ONE_TRY_MS });
}

/** Gives the platform, which hands it to a server that it makes anew, the password that is recorded or is to be. */
async function tellPlatform(context: Context, instanceId: string, which: 'next' | 'recorded'): Promise<void> {
  const { recorded, next } = await readLogins(context, instanceId);
  const login = which === 'next' ? next : recorded;
  if (login !== null) await context.platform.ensureSecret(await readServerSpec(context, instanceId), login);
}

/**
 * Gives the superuser another password: first the server, then the platform, then the record. Connections that are there
 * stay. What fails goes back to the password that is recorded.
 */
export const rotateCredentials = defineWorkflow('rotate-credentials', '1.0.0', InstanceInput)
  .steps({ 'Set the password on the server': 50, 'Tell the platform': 30, 'Record the password': 20 })
  .onFailure({
    undo: async (context, { instanceId }) => {
      await context.undo('Set the recorded password', async () => {
        // One that never was the server's, and a server that does not run, have nothing to take back.
        await setPassword(context, instanceId, 'recorded').catch(() => undefined);
        await tellPlatform(context, instanceId, 'recorded');
      });
    },
    settle: async (tx, { instances }, { instanceId }) => instances.forgetNextPassword(tx, instanceId),
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    await step('Set the password on the server', () => setPassword(context, instanceId, 'next'));
    await step('Tell the platform', () => tellPlatform(context, instanceId, 'next'));
    await step.commit('Record the password', (tx) => instances.takeNextPassword(tx, instanceId));
  });
