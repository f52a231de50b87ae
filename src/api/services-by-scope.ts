import type { ContainerType } from 'type-graphql';
import { createResolverContainer, type Services } from '../../resolvers/services.ts';
import { EVERYTHING, type Scope } from '../../schema/rules/scope-rules.ts';

/** What the resolvers of a caller work through. */
export interface ScopedServices {
  readonly services: Services;
  readonly container: ContainerType;
}

/** Scopes that are kept at hand; one that was forgotten is made anew. */
const KEPT_MAX = 500;

/** Makes services and resolvers once for each scope, and keeps those that were used last. */
export function createServicesByScope(servicesOf: (scope: Scope) => Services): (scope: Scope) => ScopedServices {
  const build = (scope: Scope): ScopedServices => {
    const services = servicesOf(scope);
    return { services, container: createResolverContainer(services) };
  };
  const everything = build(EVERYTHING);
  const emptyKey = keyOf(EVERYTHING);
  const kept = new Map<string, ScopedServices>();
  return (scope) => {
    const key = keyOf(scope);
    if (key === emptyKey) return everything;
    const scoped = kept.get(key) ?? build(scope);
    kept.delete(key);
    kept.set(key, scoped);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_MAX) break;
      kept.delete(oldest);
    }
    return scoped;
  };
}

function keyOf(scope: Scope): string {
  return JSON.stringify(Object.entries(scope).sort(([a], [b]) => (a < b ? -1 : 1)));
}
