import { AROUND_OBJECTS } from './cases/around-objects.ts';
import { DEFINITIONS } from './cases/definitions.ts';
import { EXTENSIONS } from './cases/extensions.ts';
import { ROLES_AND_DATABASES } from './cases/roles-and-databases.ts';
import { TABLES } from './cases/tables.ts';
import type { HeldCase } from './held-case.ts';

/** In this order: later ones use roles that earlier ones make. */
export const HELD_CASES: readonly HeldCase[] = [
  ...ROLES_AND_DATABASES,
  ...TABLES,
  ...DEFINITIONS,
  ...EXTENSIONS,
  ...AROUND_OBJECTS,
];
