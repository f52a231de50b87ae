import type { Caller } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import { EVERYTHING, isWithinScope, type Scope } from '../../../schema/rules/scope-rules.ts';
import { ROLES, type Role } from '../../../schema/states.ts';

function forbidden(field: string, message: string): AppError {
  return new AppError('FORBIDDEN', message, { details: { field, rule: 'scope' } });
}

/** The scope that a caller may give away: what was asked for, and the labels of its own. FORBIDDEN for another one. */
export function grantScope(caller: Caller, asked: Scope): Scope {
  const own = caller.scope ?? EVERYTHING;
  const granted = { ...own, ...asked };
  if (isWithinScope(granted, own)) return granted;
  throw forbidden('scope', 'This scope is another one than your own: ask for one within it, or leave it out.');
}

/** FORBIDDEN for a role above the caller's. */
export function grantRole(caller: Caller, asked: Role): Role {
  const held = caller.role === null ? -1 : ROLES.indexOf(caller.role);
  if (ROLES.indexOf(asked) <= held) return asked;
  throw new AppError('FORBIDDEN', `You are ${caller.role ?? 'nobody'} and cannot give away the role ${asked}.`, {
    details: { field: 'role', rule: 'atMostOwn' },
  });
}

/** When a token ends that a caller makes: as asked for, with the caller's own at the latest. FORBIDDEN for a later end. */
export function grantExpiry({ expiresAt: own = null }: Caller, asked: Date | null): Date | null {
  if (own === null || (asked !== null && asked <= own)) return asked;
  if (asked === null) return own;
  throw new AppError(
    'FORBIDDEN',
    `Your token ends at ${own.toISOString()}, and one that it makes cannot last longer: ask for a sooner end.`,
    { details: { field: 'expiresAt', rule: 'atMostOwn' } },
  );
}

/** The labels of what a caller makes: those that were asked for, and those of its scope. FORBIDDEN for a contradiction. */
export function labelWithScope(caller: Caller, asked: Scope): Scope {
  const own = caller.scope ?? EVERYTHING;
  const labels = { ...own, ...asked };
  if (isWithinScope(labels, own)) return labels;
  throw forbidden(
    'labels',
    'These labels would put it outside of what you may see: leave those of your scope as they are.',
  );
}

/** What a caller may have selected for good: what was asked for, within its scope. FORBIDDEN for a contradiction. */
export function selectWithinScope(caller: Caller, asked: Scope): Scope {
  const own = caller.scope ?? EVERYTHING;
  const selector = { ...own, ...asked };
  if (isWithinScope(selector, own)) return selector;
  throw forbidden(
    'selector',
    'This selects what is outside of what you may see: leave out the labels of your scope, or give them as they are.',
  );
}

/**
 * The labels after a change. Those of the caller's scope stay where a new set leaves them out; FORBIDDEN when one of them
 * is taken off, or given another value.
 */
export function keepScopeLabels(
  caller: Caller,
  changed: Scope | undefined,
  removed: readonly string[] | null | undefined,
): Scope | undefined {
  const own = caller.scope ?? EVERYTHING;
  if (changed === undefined) return changed;
  const isTakenOff = removed?.some((key) => Object.hasOwn(own, key)) ?? false;
  const isOther = Object.entries(own).some(([key, value]) => Object.hasOwn(changed, key) && changed[key] !== value);
  if (!isTakenOff && !isOther) return { ...changed, ...own };
  throw forbidden('labels', 'The labels of your scope cannot be taken off or changed: leave them as they are.');
}
