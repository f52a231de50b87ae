import { expect, it } from 'vitest';
import { runState, stateOf, stepState } from '../../../web/src/format/shown-state.ts';
import { actionWords, asSentence } from '../../../web/src/format/words.ts';

it('says what somebody did in words, not by the name of the mutation', () => {
  expect(['login', 'createImage', 'createApiToken', 'rotateCredentials'].map(actionWords)).toEqual([
    'Sign in',
    'Create image',
    'Create API token',
    'Rotate credentials',
  ]);
});

it('tells the moments of a message in the time of this place, and ends no line between a number and its unit', () => {
  const said = asSentence('waited 100 s for what began at 2026-11-30T16:03:10Z');
  expect(said.replace(/\d\d? \w{3}, \d\d:\d\d/, 'A MOMENT')).toBe('Waited 100\u00a0s for what began at A MOMENT.');
});

it('shows what somebody cancelled as cancelled: a record, and a run of a schedule', () => {
  expect(stateOf({ state: 'FAILED', failure: { code: 'CANCELLED' } })).toBe('CANCELLED');
  expect(stateOf({ state: 'FAILED', failure: { code: 'STEP_FAILED' } })).toBe('FAILED');
  expect(stateOf({ state: 'FAILED', failure: null })).toBe('FAILED');
  // The operation on it was cancelled, and not the instance.
  expect(stateOf({ state: 'STOPPED', failure: { code: 'CANCELLED' } })).toBe('STOPPED');

  const operations = (...states: string[]) => states.map((state) => ({ state }));
  expect(runState('FAILED', operations('CANCELLED'))).toBe('CANCELLED');
  expect(runState('FAILED', operations('SUCCEEDED', 'CANCELLED'))).toBe('CANCELLED');
  expect(runState('FAILED', operations('FAILED', 'CANCELLED'))).toBe('FAILED');
  expect(runState('FAILED', [])).toBe('FAILED');
  expect(runState('PARTIAL', operations('SUCCEEDED', 'CANCELLED'))).toBe('PARTIAL');
});

it('shows a step that the cancelling of its operation cut short as cancelled', () => {
  expect(stepState('FAILED', true)).toBe('CANCELLED');
  expect(stepState('FAILED', false)).toBe('FAILED');
  expect(stepState('SUCCEEDED', true)).toBe('SUCCEEDED');
});
