import { InstanceInput } from './inputs.ts';
import { OWNER_NAME, SUPERUSER_NAME } from './ports/superuser.ts';
import { refuseRetriedRotation } from './servers/refuse-retried-rotation.ts';
import { readServerSpec } from './servers/server-spec.ts';
import { lookWhetherSet, SETTING, takePasswordBack } from './servers/set-password.ts';
import type { RunFacts, WorkflowServices } from './workflow/context.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

type Context = WorkflowServices & RunFacts;

const ownerOf = (password: string | null) => (password === null ? null : { username: OWNER_NAME, password });

/** How the superuser logs in, who sets the owner's password. */
async function readSuperuser({ instances }: Context, instanceId: string) {
  return { username: SUPERUSER_NAME, password: await instances.readPassword(instanceId) };
}

/** The platform is asked for no login any more. */
async function endAsking(context: Context, instanceId: string): Promise<void> {
  const superuser = await readSuperuser(context, instanceId);
  await context.platform.ensureSecret(await readServerSpec(context, instanceId), superuser);
}

/**
 * Gives the login that is no superuser another password: first the server, then the record. Connections that are there
 * stay. A superuser's password that was changed behind our back is no hindrance, and stays. What fails goes back to the
 * password that is recorded.
 */
export const rotateOwnerCredentials = defineWorkflow('rotate-owner-credentials', '1.0.0', InstanceInput)
  .steps({ 'Set the password on the server': 70, 'Record the password': 30 })
  .onFailure({
    undo: async (context, { instanceId }) => {
      await context.undo('Set the recorded password', async () => {
        const login = ownerOf(await context.instances.readOwnerPassword(instanceId));
        const by = await readSuperuser(context, instanceId);
        if (login !== null) await takePasswordBack(context, instanceId, { by, login, ifRefused: 'ask' });
        await endAsking(context, instanceId);
      });
    },
    settle: async (tx, { instances }, { instanceId }) => instances.forgetNextPassword(tx, instanceId),
    reopen: refuseRetriedRotation,
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    const look = async () => {
      const next = ownerOf(await instances.readNextPassword(instanceId));
      const found = await lookWhetherSet(context, instanceId, await readSuperuser(context, instanceId), next);
      if ('done' in found) await endAsking(context, instanceId);
      return found;
    };
    await step.until('Set the password on the server', look, SETTING);
    await step.commit('Record the password', (tx) => instances.takeNextOwnerPassword(tx, instanceId));
  });
