/** The labels that an instance must carry to be there for a caller. Empty: every instance is. */
export type Scope = Readonly<Record<string, string>>;

/** The scope of those who see all there is. */
export const EVERYTHING: Scope = Object.freeze({});

/** Whether a scope leaves nothing out. */
export function isEverything(scope: Scope): boolean {
  return Object.keys(scope).length === 0;
}

/** Whether labels carry all that a scope asks for. */
export function isWithinScope(labels: Readonly<Record<string, string>>, scope: Scope): boolean {
  return Object.entries(scope).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}
