import type { AuditTargetKind } from '../../schema/states.ts';
import type { ApiContext } from '../context.ts';
import type { AuditRecord } from '../ports/access.ts';

/** Of actions that name what they are done to in other words, or not at all. */
const OTHERS: Readonly<Record<string, AuditTargetKind>> = {
  login: 'USER',
  logout: 'USER',
  changePassword: 'USER',
  readCredentials: 'INSTANCE',
  rotateCredentials: 'INSTANCE',
  runPreflight: 'OPERATION',
};
const NOUNS = [
  ['Webhook', 'WEBHOOK'],
  ['ApiToken', 'API_TOKEN'],
  ['Instance', 'INSTANCE'],
  ['Image', 'IMAGE'],
  ['Operation', 'OPERATION'],
  ['Schedule', 'SCHEDULE'],
  ['User', 'USER'],
] as const;

/** What the target of an entry is; null for an entry without one, and for an action that nobody knows. */
export function kindOfTarget({ action, outcome, target }: Pick<AuditRecord, 'action' | 'outcome' | 'target'>) {
  if (target === null) return null;
  // What was not made has no id: it is of the instance that it was to be made of.
  if (/^create/.test(action) && outcome !== 'ALLOWED') return 'INSTANCE';
  const named = NOUNS.find(([noun]) => action.includes(noun));
  return OTHERS[action] ?? named?.[1] ?? null;
}

/** What an entry was done to, as it stands now; null where it is gone, or not for the caller to see. */
export async function loadTarget(entry: AuditRecord, { loaders }: ApiContext) {
  const kind = kindOfTarget(entry);
  if (kind === null || entry.target === null) return null;
  const [__typename, loader] = {
    INSTANCE: ['Instance', loaders.instances] as const,
    IMAGE: ['Image', loaders.images] as const,
    OPERATION: ['Operation', loaders.operations] as const,
    SCHEDULE: ['Schedule', loaders.schedules] as const,
    WEBHOOK: ['Webhook', loaders.webhooks] as const,
    USER: ['User', loaders.users] as const,
    API_TOKEN: ['ApiToken', loaders.apiTokens] as const,
  }[kind];
  const record = await loader.load(entry.target);
  return record === null ? null : { __typename, ...record };
}
