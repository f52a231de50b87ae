import { InstanceInput } from './inputs.ts';
import { OWNER_NAME, SUPERUSER_NAME } from './ports/superuser.ts';
import type { RunFacts, WorkflowServices } from './workflow/context.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

const ONE_TRY_MS = 10_000;

type Context = WorkflowServices & RunFacts;

/** Has the superuser set the password of the owner's login. A server that does not run, and no password, have no effect. */
async function setPassword({ instances, platform, probe }: Context, instanceId: string, password: string | null) {
  const instance = await instances.read(instanceId);
  const { endpoint } = await platform.readServer(instance);
  const address = endpoint ?? instance.endpoint;
  if (address === null || password === null) return;
  const superuser = { username: SUPERUSER_NAME, password: await instances.readPassword(instanceId) };
  await probe.ensurePassword(address, superuser, { username: OWNER_NAME, password }, { timeoutMs: ONE_TRY_MS });
}

/**
 * Gives the login that is no superuser another password: first the server, then the record. Connections that are there
 * stay. What fails goes back to the password that is recorded.
 */
export const rotateOwnerCredentials = defineWorkflow('rotate-owner-credentials', '1.0.0', InstanceInput)
  .steps({ 'Set the password on the server': 70, 'Record the password': 30 })
  .onFailure({
    undo: async (context, { instanceId }) => {
      await context.undo('Set the recorded password', async () => {
        const recorded = await context.instances.readOwnerPassword(instanceId);
        // One that never was the server's, and a server that does not run, have nothing to take back.
        await setPassword(context, instanceId, recorded).catch(() => undefined);
      });
    },
    settle: async (tx, { instances }, { instanceId }) => instances.forgetNextPassword(tx, instanceId),
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    await step('Set the password on the server', async () =>
      setPassword(context, instanceId, await instances.readNextPassword(instanceId)),
    );
    await step.commit('Record the password', (tx) => instances.takeNextOwnerPassword(tx, instanceId));
  });
