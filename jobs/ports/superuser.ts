/** The superuser that every server is made with; its password is the instance's. */
export const SUPERUSER_NAME = 'postgres';
