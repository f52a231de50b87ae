/** The superuser that every server is made with; its password is the instance's. */
export const SUPERUSER_NAME = 'postgres';

/**
 * The role to hand to people and programs, no superuser, and the database of the same name that it owns. Servers that are
 * made empty have both; a restored one has what its image has.
 */
export const OWNER_NAME = 'app';
