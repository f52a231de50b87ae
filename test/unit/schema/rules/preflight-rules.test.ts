import { describe, expect, it } from 'vitest';
import { checkRunPreflight } from '../../../../schema/rules/preflight-rules.ts';
import { HOSTILE_TEXTS } from '../../../support/hostile-texts.ts';

describe('runPreflight', () => {
  it('takes nothing at all, and what instances take', () => {
    checkRunPreflight({});
    checkRunPreflight({ namespace: null, postgresVersion: null, idempotencyKey: null });
    checkRunPreflight({ namespace: 'toygres-managed', postgresVersion: '17', idempotencyKey: 'a' });
  });

  it('refuses every text that is no namespace and no version, and names the field', () => {
    for (const text of HOSTILE_TEXTS) {
      const fields = /^[a-z0-9]+$/.test(text) ? ['postgresVersion'] : ['namespace', 'postgresVersion'];
      for (const field of fields) {
        expect(() => checkRunPreflight({ [field]: text })).toThrow(
          expect.objectContaining({ code: 'INVALID_INPUT', details: expect.objectContaining({ field }) }),
        );
      }
    }
    expect(() => checkRunPreflight({ idempotencyKey: '' })).toThrow(/idempotency key/);
  });
});
