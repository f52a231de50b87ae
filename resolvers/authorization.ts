import type { AuthCheckerFn } from 'type-graphql';
import type { Role } from '../schema/states.ts';
import { requireRole } from './access/check-rule.ts';
import type { ApiContext } from './context.ts';

/**
 * Lets through callers of the role that a nested field asks for, or of a higher one. Throws FORBIDDEN for others. Root
 * fields have their rules in access/rules.ts.
 */
export const checkRole: AuthCheckerFn<ApiContext, Role> = ({ context, info }, needed) => {
  for (const role of needed) requireRole(context.caller, role, info.fieldName);
  return true;
};
