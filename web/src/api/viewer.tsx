import { createContext, useContext } from 'react';
import type { WhoAmIQuery } from '../generated/graphql.ts';

/** Who is signed in, and what the server offers. */
export const ViewerContext = createContext<WhoAmIQuery | null>(null);

const ORDER = ['VIEWER', 'OPERATOR', 'ADMIN'] as const;
export type Role = (typeof ORDER)[number];

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  VIEWER: 'viewers',
  OPERATOR: 'operators',
  ADMIN: 'administrators',
};

export function useWhoAmI(): WhoAmIQuery {
  const found = useContext(ViewerContext);
  if (found === null) throw new Error('nobody is signed in here');
  return found;
}

/** Null for who may; else the sentence that says which role may. */
export function useRefusal(needed: Role): string | null {
  const { viewer } = useWhoAmI();
  if (ORDER.indexOf(viewer.role) >= ORDER.indexOf(needed)) return null;
  const who = needed === 'ADMIN' ? 'administrators' : 'operators and administrators';
  return `Only ${who} may do this; you are signed in as a ${viewer.role.toLowerCase()}.`;
}
