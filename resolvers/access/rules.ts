import type { Role } from '../../schema/states.ts';

/** How a field keeps what is outside of a caller's scope from it. */
export type ScopeRule =
  /** What is outside is not there: the services that the field works through are those of the scope. */
  | 'narrowed'
  /** It shows nothing that belongs to an instance. */
  | 'nothing'
  /** It is for callers whose scope leaves nothing out. */
  | 'everything';

/** What a field costs whoever serves it, beside the size of its answer. */
export type CostClass =
  /** Reads of the records. */
  | 'read'
  /** Something outside of the records is asked, and may take long to answer. */
  | 'probe'
  /** Something is changed. */
  | 'change'
  /** A password is hashed: slow by intent. */
  | 'hash';

/** The rule of one root field. */
export interface RootRule {
  /** The least role that may use it; null: nobody has to be signed in. */
  readonly role: Role | null;
  readonly scope: ScopeRule;
  readonly cost: CostClass;
  /** The name under which the audit log has it. Mutations have their own name there. */
  readonly audit?: string;
}

const read = (role: Role, scope: ScopeRule = 'narrowed'): RootRule => ({ role, scope, cost: 'read' });
const probe = (role: Role, scope: ScopeRule = 'narrowed'): RootRule => ({ role, scope, cost: 'probe' });
const change = (role: Role, scope: ScopeRule = 'narrowed'): RootRule => ({ role, scope, cost: 'change' });
const hash = (role: Role | null, scope: ScopeRule = 'nothing'): RootRule => ({ role, scope, cost: 'hash' });

/**
 * Who may use which root field. A field without a rule is not served: the schema is refused when it is built.
 */
export const ROOT_RULES: Readonly<Record<string, RootRule>> = {
  'Query.node': read('VIEWER'),
  'Query.instance': read('VIEWER'),
  'Query.instances': read('VIEWER'),
  'Query.image': read('VIEWER'),
  'Query.images': read('VIEWER'),
  'Query.operation': read('VIEWER'),
  'Query.operations': read('VIEWER'),
  'Query.instanceCredentials': { ...read('OPERATOR'), audit: 'readCredentials' },
  'Query.checkConnection': probe('VIEWER'),
  'Query.diagnostics': probe('VIEWER', 'nothing'),
  'Query.drift': read('VIEWER'),
  'Query.viewer': read('VIEWER', 'nothing'),
  'Query.server': read('VIEWER', 'nothing'),
  'Query.drill': read('VIEWER'),
  'Query.schedule': read('VIEWER'),
  'Query.schedules': read('VIEWER'),
  'Query.retentionPreview': read('VIEWER'),
  'Query.alerts': read('VIEWER'),
  // They are told of whatever happens.
  'Query.webhooks': read('ADMIN', 'everything'),
  'Query.users': read('ADMIN'),
  'Query.apiTokens': read('VIEWER'),
  'Query.auditLog': read('ADMIN'),

  'Mutation.createInstance': change('OPERATOR'),
  'Mutation.updateInstance': change('OPERATOR'),
  'Mutation.deleteInstance': change('OPERATOR'),
  'Mutation.stopInstance': change('OPERATOR'),
  'Mutation.startInstance': change('OPERATOR'),
  'Mutation.restartInstance': change('OPERATOR'),
  'Mutation.rotateCredentials': change('OPERATOR'),
  'Mutation.createImage': change('OPERATOR'),
  'Mutation.updateImage': change('OPERATOR'),
  'Mutation.deleteImage': change('OPERATOR'),
  'Mutation.verifyImage': change('OPERATOR'),
  'Mutation.cancelOperation': change('OPERATOR'),
  'Mutation.retryOperation': change('OPERATOR'),
  'Mutation.createSchedule': change('OPERATOR'),
  'Mutation.updateSchedule': change('OPERATOR'),
  'Mutation.deleteSchedule': change('OPERATOR'),
  'Mutation.runSchedule': change('OPERATOR'),
  'Mutation.createWebhook': change('ADMIN', 'everything'),
  'Mutation.updateWebhook': change('ADMIN', 'everything'),
  'Mutation.rotateWebhookSecret': change('ADMIN', 'everything'),
  'Mutation.deleteWebhook': change('ADMIN', 'everything'),
  'Mutation.testWebhook': change('ADMIN', 'everything'),
  // The operation belongs to no instance, so that nobody with a scope could follow it.
  'Mutation.runPreflight': change('OPERATOR', 'everything'),
  'Mutation.login': hash(null),
  'Mutation.logout': change('VIEWER', 'nothing'),
  'Mutation.changePassword': hash('VIEWER'),
  'Mutation.createUser': hash('ADMIN', 'narrowed'),
  'Mutation.updateUser': hash('ADMIN', 'narrowed'),
  'Mutation.deleteUser': change('ADMIN'),
  'Mutation.createApiToken': change('VIEWER'),
  'Mutation.revokeApiToken': change('VIEWER'),

  'Subscription.operationEvents': read('VIEWER'),
  'Subscription.instanceChanged': read('VIEWER'),
  'Subscription.imageChanged': read('VIEWER'),
  'Subscription.operationChanged': read('VIEWER'),
  'Subscription.changes': read('VIEWER'),
  // Lines of logs can hold what nobody meant to show.
  'Subscription.jobLogs': read('OPERATOR'),
  'Subscription.jobLogBatches': read('OPERATOR'),
  'Subscription.instanceLogs': read('OPERATOR'),
  'Subscription.instanceLogBatches': read('OPERATOR'),
};

/** The rule of a root field, `Query.instances`. Throws for one that has none. */
export function requireRule(rootType: string, field: string): RootRule {
  const name = `${rootType}.${field}`;
  const rule = Object.hasOwn(ROOT_RULES, name) ? ROOT_RULES[name] : undefined;
  if (rule === undefined) throw new Error(`${name} has no rule: give it one in resolvers/access/rules.ts`);
  return rule;
}
