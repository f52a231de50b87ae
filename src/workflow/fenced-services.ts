import type { WorkflowServices } from '../../jobs/workflow/context.ts';

/** Verbs that change something which the transaction of a fenced write does not roll back. */
const CHANGES = /^(ensure|remove|stop|cancel|write|update)/;
const PORTS: ReadonlySet<string> = new Set<keyof WorkflowServices>(['platform', 'store', 'jobs']);

/**
 * The same ports, whose changing verbs begin only when `requireOurs` has resolved: the records refuse what a superseded
 * worker writes, but a platform and a blob store know nothing of fences. What it rejects with, the verb rejects with.
 * A verb that had begun before its process froze still ends; on the local platform it holds its object's lock meanwhile.
 */
export function fenceServices(services: WorkflowServices, requireOurs: () => Promise<void>): WorkflowServices {
  const ports = Object.entries(services).map(([name, port]) => [
    name,
    PORTS.has(name) ? fence(port, requireOurs) : port,
  ]);
  return Object.fromEntries(ports) as WorkflowServices;
}

function fence<T extends object>(port: T, requireOurs: () => Promise<void>): T {
  return new Proxy(port, {
    get(target, name) {
      const verb: unknown = Reflect.get(target, name);
      if (typeof verb !== 'function') return verb;
      if (!CHANGES.test(String(name))) return verb.bind(target);
      return async (...given: unknown[]) => {
        await requireOurs();
        return Reflect.apply(verb, target, given);
      };
    },
  });
}
