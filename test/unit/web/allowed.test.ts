import { describe, expect, it } from 'vitest';
import { refuseVerb } from '../../../web/src/pages/instances/allowed.ts';

const FAILURE = { code: 'INTERNAL', message: 'it did not come up', step: null };
const instance = (state: string, failure: typeof FAILURE | null = null, deletionProtection = false) => ({
  state: state as 'RUNNING',
  failure,
  deletionProtection,
});

describe('what can be asked of an instance', () => {
  it.each([
    ['start', 'STOPPED', false],
    ['start', 'RUNNING', true],
    ['stop', 'RUNNING', false],
    ['stop', 'STOPPED', true],
    ['restart', 'RUNNING', false],
    ['restart', 'STOPPED', true],
    ['rotate', 'RUNNING', false],
    ['image', 'RUNNING', false],
    ['delete', 'DELETING', true],
    ['delete', 'FAILED', true],
  ] as const)('%s where it is %s, failed: %s', (verb, state, failed) => {
    expect(refuseVerb(verb, instance(state, failed ? FAILURE : null))).toBeNull();
  });

  it.each([
    ['start', 'RUNNING', 'It is running; this needs it stopped.'],
    ['stop', 'STOPPED', 'It is stopped; this needs it running.'],
    ['restart', 'STOPPED', 'It is stopped; this needs it running.'],
    ['image', 'STOPPED', 'It is stopped; this needs it running.'],
    ['delete', 'DELETED', 'It is deleted.'],
  ] as const)('not %s where it is %s', (verb, state, words) => {
    expect(refuseVerb(verb, instance(state))).toBe(words);
  });

  it('not its end while it is protected', () => {
    expect(refuseVerb('delete', instance('RUNNING', null, true))).toMatch(/protected/);
  });
});
