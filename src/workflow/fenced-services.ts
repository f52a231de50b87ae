import { changesSomething } from '../../jobs/ports/effects.ts';
import type { WorkflowServices } from '../../jobs/workflow/context.ts';

/**
 * The same ports, whose changing verbs begin only when `requireOurs` has resolved: the records refuse what a superseded
 * worker writes, but a platform, a blob store and a server know nothing of fences. What it rejects with, the verb rejects
 * with. A verb that had begun before its process froze still ends; on the local platform it holds its object's lock
 * meanwhile.
 */
export function fenceServices(services: WorkflowServices, requireOurs: () => Promise<void>): WorkflowServices {
  const ports = Object.entries(services).map(([name, port]) => [
    name,
    fence(name as keyof WorkflowServices, port, requireOurs),
  ]);
  return Object.fromEntries(ports) as WorkflowServices;
}

function fence<T extends object>(port: keyof WorkflowServices, real: T, requireOurs: () => Promise<void>): T {
  return new Proxy(real, {
    get(target, name) {
      const verb: unknown = Reflect.get(target, name);
      if (typeof verb !== 'function') return verb;
      if (!changesSomething(port, String(name))) return verb.bind(target);
      return async (...given: unknown[]) => {
        await requireOurs();
        return Reflect.apply(verb, target, given);
      };
    },
  });
}
