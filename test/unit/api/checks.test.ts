import { describe, expect, it } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { codes, run } from '../../support/api-execution.ts';
import { fakeServices } from '../../support/api-fakes.ts';

const UNKNOWN = '5f0b1f5e-9a55-4f0e-8a2a-0d4d1c5b7a10';

describe('a check', () => {
  it('passes on what it found, and NOT_FOUND for an id that is none', async () => {
    const finding = {
      ok: false,
      serverVersion: null,
      latencyMs: null,
      durableWorkerRunning: null,
      failure: { code: 'UNAVAILABLE', message: 'refused' },
    };
    const services = fakeServices({ checks: { connection: async () => finding } });
    const ask = (id: string) =>
      run(services, `{ checkConnection(instanceId: "${id}") { ok failure { code message step } } }`);
    expect((await ask(UNKNOWN)).data.checkConnection).toEqual({
      ok: false,
      failure: { code: 'UNAVAILABLE', message: 'refused', step: null },
    });
    expect(codes(await ask('x'))).toEqual(['NOT_FOUND']);
  });

  it('that fails shows its own error', async () => {
    const services = fakeServices({
      checks: {
        diagnostics: async () => {
          throw new AppError('UNAVAILABLE', 'The database does not answer.');
        },
      },
    });
    const { errors } = await run(services, '{ diagnostics { name ok } }');
    expect(errors[0]).toMatchObject({ message: 'The database does not answer.', extensions: { code: 'UNAVAILABLE' } });
  });
});
