import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import type { Meddling } from './control-plane.ts';

type Verb<T, K extends keyof T> = T[K] extends (...args: infer A) => Promise<infer R>
  ? (real: () => Promise<R>, ...args: A) => Promise<R>
  : never;

/** What a test puts in the way of single verbs of the real store and platform; the rest goes through. */
export interface Hooks {
  readonly store: { [K in keyof ImageStore]?: Verb<ImageStore, K> };
  readonly platform: { [K in keyof Platform]?: Verb<Platform, K> };
  /** Takes everything out of the way again. */
  clear(): void;
}

/** Hooks, and the meddling that heeds them. */
export function createHooks(): { readonly hooks: Hooks; readonly meddling: Meddling } {
  const hooks: Hooks = {
    store: {},
    platform: {},
    clear() {
      for (const one of [hooks.store, hooks.platform]) {
        for (const name of Object.keys(one)) Reflect.deleteProperty(one, name);
      }
    },
  };
  const heeding = <T extends object>(real: T, own: object): T =>
    new Proxy(real, {
      get(target, name) {
        const verb: unknown = Reflect.get(target, name);
        if (typeof verb !== 'function') return verb;
        return (...args: unknown[]) => {
          const hook: unknown = Reflect.get(own, name);
          const go = () => Reflect.apply(verb, target, args);
          return typeof hook === 'function' ? hook(go, ...args) : go();
        };
      },
    });
  return {
    hooks,
    meddling: { store: (real) => heeding(real, hooks.store), platform: (real) => heeding(real, hooks.platform) },
  };
}
