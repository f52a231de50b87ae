import type { AuthCheckerFn } from 'type-graphql';
import { AppError } from '../schema/errors.ts';
import { ROLES, type Role } from '../schema/states.ts';
import type { ApiContext } from './context.ts';

/** Lets through callers of the role that a field asks for, or of a higher one. Throws FORBIDDEN for others. */
export const checkRole: AuthCheckerFn<ApiContext, Role> = ({ context, info }, needed) => {
  const held = ROLES.indexOf(context.caller.role);
  if (needed.every((role) => ROLES.indexOf(role) <= held)) return true;
  throw new AppError(
    'FORBIDDEN',
    `${info.fieldName} needs the role ${needed.join(', ')} and you have ${context.caller.role}: ask an administrator.`,
  );
};
