import type { ContainerType } from 'type-graphql';
import type { CostClass } from './access/rules.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import type { SessionCookies } from './ports/access.ts';
import type { Caller } from './ports/commands.ts';
import type { Services } from './services.ts';

/** What every resolver of one execution shares. */
export interface ApiContext {
  readonly caller: Caller;
  readonly services: Services;
  /** Of this execution alone: what they have read once they do not read again. */
  readonly loaders: Loaders;
  readonly container: ContainerType;
  /** What the browser keeps for us; null where no cookie can be set. */
  readonly cookies: SessionCookies | null;
  /** Takes what a field of this class costs from the caller's budget; throws UNAVAILABLE when nothing is left. */
  readonly spend: (cost: CostClass) => void;
}

/** One for each request, and for each event of a subscription, so that none sees what an earlier one read. */
export function createContext(
  services: Services,
  container: ContainerType,
  caller: Caller,
  cookies: SessionCookies | null = null,
  spend: (cost: CostClass) => void = () => undefined,
): ApiContext {
  return { caller, services, container, cookies, spend, loaders: createLoaders(services, caller) };
}
