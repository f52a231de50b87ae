import { describe, expect, it } from 'vitest';
import type { ServerPhase, ServerSecret } from '../../../jobs/ports/platform/servers.ts';
import { lookWhetherSet, takePasswordBack } from '../../../jobs/servers/set-password.ts';
import type { RunFacts, WorkflowServices } from '../../../jobs/workflow/context.ts';
import { AppError } from '../../../schema/errors.ts';

const BY = { username: 'postgres', password: 'the superuser’s' };
const LOGIN = { username: 'app', password: 'recorded' };
const AWAY = new AppError('UNAVAILABLE', 'Nothing answers.');

/** A server in this phase that takes the logins or not; `asked`: what the platform was asked for. */
function contextOf(phase: ServerPhase, takes: boolean | AppError) {
  const asked: ServerSecret[] = [];
  let tries = 0;
  const endpoint = { host: 'here', port: 5432, dnsName: null };
  const context = {
    operationId: 'an operation',
    run: 1,
    instances: { read: async () => ({ id: 'an instance', endpoint: null }) },
    platform: {
      readServer: async () => ({ phase, endpoint: phase === 'READY' || phase === 'STARTING' ? endpoint : null }),
      ensureLogin: async (_: unknown, login: ServerSecret) => void asked.push(login),
    },
    probe: {
      ensurePassword: async () => {
        tries += 1;
        if (takes instanceof AppError) throw takes;
        return takes;
      },
    },
  } as unknown as WorkflowServices & RunFacts;
  return { context, asked, tries: () => tries };
}

const back = (ifRefused: 'leave' | 'ask') => ({ by: BY, login: LOGIN, ifRefused });

describe('a password that is taken back', () => {
  it('leaves a server that does not run as it is', async () => {
    for (const phase of ['STOPPED', 'ABSENT', 'STOPPING', 'FAILED'] as const) {
      const { context, tries } = contextOf(phase, true);
      await takePasswordBack(context, 'id', back('ask'));
      expect(tries()).toBe(0);
    }
  });

  it('fails while a server that runs or starts does not answer, so that it is tried again', async () => {
    for (const phase of ['READY', 'STARTING'] as const) {
      const { context } = contextOf(phase, AWAY);
      await expect(takePasswordBack(context, 'id', back('ask'))).rejects.toBe(AWAY);
    }
  });

  it('that is refused with every login stays as it was, or is set through the platform and looked at again', async () => {
    const left = contextOf('READY', false);
    await takePasswordBack(left.context, 'id', back('leave'));
    expect(left.asked).toEqual([]);
    const wanted = contextOf('READY', false);
    await expect(takePasswordBack(wanted.context, 'id', back('ask'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(wanted.asked).toEqual([LOGIN]);
  });
});

describe('a password that is set', () => {
  it('is set by the platform where the server takes neither login, and is done when it logs in', async () => {
    const refused = contextOf('READY', false);
    expect(await lookWhetherSet(refused.context, 'id', BY, LOGIN)).toMatchObject({
      progress: { message: expect.stringContaining('through the platform') },
    });
    expect(refused.asked).toEqual([LOGIN]);
    const taken = contextOf('READY', true);
    expect(await lookWhetherSet(taken.context, 'id', BY, LOGIN)).toEqual({ done: null });
    expect(taken.asked).toEqual([]);
  });

  it('is not set by the platform where the server does not answer', async () => {
    const { context, asked } = contextOf('READY', AWAY);
    await expect(lookWhetherSet(context, 'id', BY, LOGIN)).rejects.toBe(AWAY);
    expect(asked).toEqual([]);
  });
});
