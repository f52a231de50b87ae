import { InstanceInput } from './inputs.ts';
import { SUPERUSER_NAME } from './ports/superuser.ts';
import { refuseRetriedRotation } from './servers/refuse-retried-rotation.ts';
import { readServerSpec } from './servers/server-spec.ts';
import { lookWhetherSet, SETTING, takePasswordBack } from './servers/set-password.ts';
import type { RunFacts, WorkflowServices } from './workflow/context.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

type Context = WorkflowServices & RunFacts;

/** How the superuser logs in at the server, with the recorded password or the one that is to be. */
async function readLogins({ instances }: Context, instanceId: string) {
  const login = (password: string) => ({ username: SUPERUSER_NAME, password });
  const next = await instances.readNextPassword(instanceId);
  return {
    recorded: login(await instances.readPassword(instanceId)),
    next: next === null ? null : login(next),
  };
}

/** Gives the platform, which hands it to a server that it makes anew, the password that is recorded or is to be. */
async function tellPlatform(context: Context, instanceId: string, which: 'next' | 'recorded'): Promise<void> {
  const { recorded, next } = await readLogins(context, instanceId);
  const login = which === 'next' ? next : recorded;
  if (login !== null) await context.platform.ensureSecret(await readServerSpec(context, instanceId), login);
}

/**
 * Gives the superuser another password: first the server, then the platform, then the record. Connections that are there
 * stay. One that was changed behind our back is no hindrance. What fails goes back to the password that is recorded.
 */
export const rotateCredentials = defineWorkflow('rotate-credentials', '1.0.0', InstanceInput)
  .steps({ 'Set the password on the server': 50, 'Tell the platform': 30, 'Record the password': 20 })
  .onFailure({
    undo: async (context, { instanceId }) => {
      await context.undo('Set the recorded password', async () => {
        // What was asked for and has not come to be is to come to be no more.
        await tellPlatform(context, instanceId, 'recorded');
        const { recorded, next } = await readLogins(context, instanceId);
        // Where it takes neither, it was another's before, too.
        const back = { login: recorded, ifRefused: 'leave' } as const;
        if (next !== null) await takePasswordBack(context, instanceId, { by: next, ...back });
      });
    },
    settle: async (tx, { instances }, { instanceId }) => instances.forgetNextPassword(tx, instanceId),
    reopen: refuseRetriedRotation,
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    const look = async () => {
      const { recorded, next } = await readLogins(context, instanceId);
      return lookWhetherSet(context, instanceId, recorded, next);
    };
    await step.until('Set the password on the server', look, SETTING);
    await step('Tell the platform', () => tellPlatform(context, instanceId, 'next'));
    await step.commit('Record the password', (tx) => instances.takeNextPassword(tx, instanceId));
  });
