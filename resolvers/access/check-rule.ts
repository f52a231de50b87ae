import { AppError } from '../../schema/errors.ts';
import { EVERYTHING, isEverything } from '../../schema/rules/scope-rules.ts';
import { ROLES, type Role } from '../../schema/states.ts';
import type { Caller } from '../ports/commands.ts';
import type { RootRule } from './rules.ts';

/** Whether a caller holds a role, or a higher one. */
export function holdsRole({ role }: Caller, needed: Role): boolean {
  return role !== null && ROLES.includes(role) && ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** FORBIDDEN unless the caller holds the role, or a higher one. */
export function requireRole(caller: Caller, needed: Role, what: string): void {
  if (holdsRole(caller, needed)) return;
  throw new AppError(
    'FORBIDDEN',
    `${what} needs the role ${needed} and you have ${caller.role ?? 'none'}: ask an administrator.`,
  );
}

/** FORBIDDEN unless the rule lets the caller use the field at all. */
export function checkRule(rule: RootRule, caller: Caller, field: string): void {
  if (rule.role !== null) requireRole(caller, rule.role, field);
  if (rule.scope !== 'everything' || isEverything(caller.scope ?? EVERYTHING)) return;
  throw new AppError(
    'FORBIDDEN',
    `${field} is about all instances and you see only those of your scope: ask an administrator.`,
  );
}
