import type { NamespaceStatus } from '../../../jobs/ports/platform.ts';
import { AppError } from '../../../schema/errors.ts';
import { isGoing } from './cluster/objects.ts';
import type { KubernetesContext } from './context.ts';

/** Looks at each configured namespace by itself: one that is gone or closed to us holds up no other. */
export function readNamespaces({ api, settings }: KubernetesContext): Promise<readonly NamespaceStatus[]> {
  const look = async (name: string): Promise<string | null> => {
    try {
      const namespace = await api.readNamespace(name);
      if (isGoing(namespace)) return 'it is being deleted.';
      // The id of a namespace tells nothing of what may be done in it.
      await api.list('StatefulSet', name, { limit: 1 });
      return null;
    } catch (error) {
      if (error instanceof AppError) return error.message;
      throw error;
    }
  };
  return Promise.all(settings.namespaces.map(async (name) => ({ name, failure: await look(name) })));
}
