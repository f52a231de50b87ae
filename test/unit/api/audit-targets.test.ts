import { expect, it } from 'vitest';
import { kindOfTarget } from '../../../resolvers/access/audit-targets.ts';
import { ROOT_RULES } from '../../../resolvers/access/rules.ts';

const kindOf = (action: string, outcome: 'ALLOWED' | 'REFUSED' = 'ALLOWED') =>
  kindOfTarget({ action, outcome, target: 'an id' });

it('every action of the audit log says what it is done to', () => {
  const actions = Object.entries(ROOT_RULES).flatMap(
    ([name, { audit }]) => audit ?? (name.startsWith('Mutation.') ? name.slice('Mutation.'.length) : []),
  );
  expect(actions).toContain('readCredentials');
  expect(actions.filter((action) => kindOf(action) === null)).toEqual([]);
  expect(['rotateWebhookSecret', 'revokeApiToken', 'deleteUser', 'retryOperation'].map((one) => kindOf(one))).toEqual([
    'WEBHOOK',
    'API_TOKEN',
    'USER',
    'OPERATION',
  ]);
});

it('what was not made is told of by the instance that it was to be made of', () => {
  expect([kindOf('createImage'), kindOf('createImage', 'REFUSED')]).toEqual(['IMAGE', 'INSTANCE']);
  expect(kindOfTarget({ action: 'createImage', outcome: 'ALLOWED', target: null })).toBeNull();
});
