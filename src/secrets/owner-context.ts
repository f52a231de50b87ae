/**
 * What the password of a record's owner login is bound to when it is encrypted: the record and the login, so that it does
 * not open in the place of the superuser's.
 */
export const ownerContext = (recordId: string): string => `${recordId} owner`;
