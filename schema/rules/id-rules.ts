const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Whether a text can be the id of anything. What is not one names nothing: a lookup answers null, a mutation NOT_FOUND.
 * Stricter than PostgreSQL, which also reads ids in braces and without dashes.
 */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
