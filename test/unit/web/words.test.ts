import { expect, it } from 'vitest';
import { actionWords } from '../../../web/src/format/words.ts';
import { shownState } from '../../../web/src/pages/operations/shown-state.ts';

it('says what somebody did in words, not by the name of the mutation', () => {
  expect(['login', 'createImage', 'createApiToken', 'rotateCredentials'].map(actionWords)).toEqual([
    'Sign in',
    'Create image',
    'Create API token',
    'Rotate credentials',
  ]);
});

it('shows a step that the cancelling of its operation cut short as cancelled', () => {
  expect(shownState('FAILED', true)).toBe('CANCELLED');
  expect(shownState('FAILED', false)).toBe('FAILED');
  expect(shownState('SUCCEEDED', true)).toBe('SUCCEEDED');
});
