import type { NamespaceStatus } from '../../../jobs/ports/platform/platform.ts';
import { AppError } from '../../../schema/errors.ts';
import type { KubernetesApi } from './cluster/api.ts';
import { LISTED } from './cluster/list-objects.ts';
import { isGoing } from './cluster/objects.ts';
import type { KubernetesContext } from './context.ts';

/** A selector that nothing of ours fits. */
const NOTHING = { labelSelector: 'toygres.io/instance=none' };

/** Of these platform ids those that records exist of. */
export type ReadKnownIds = (ids: readonly string[]) => Promise<readonly string[]>;

/**
 * What the records call this cluster: the id and name of a namespace, which are its own for ever and the same from inside
 * and outside. It is the one that the records know already, whichever comes first by now; of a new installation the first.
 * Throws what is wrong with the first when none can be known.
 */
export async function choosePlatformId(
  api: Pick<KubernetesApi, 'readNamespace'>,
  namespaces: readonly string[],
  readKnownIds: ReadKnownIds = async () => [],
): Promise<string> {
  const found = await Promise.allSettled(
    namespaces.map(async (name) => `kubernetes:${(await api.readNamespace(name)).metadata.uid ?? name}/${name}`),
  );
  const ids = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const known = ids.length === 0 ? [] : await readKnownIds(ids);
  const chosen = ids.find((id) => known.includes(id));
  if (chosen !== undefined) return chosen;
  const [first] = found;
  if (first?.status === 'fulfilled') return first.value;
  throw first?.reason ?? new AppError('INVALID_INPUT', 'TOYGRES_NAMESPACE names no namespace.');
}

/** Looks at each configured namespace by itself: one that is gone or closed to us holds up no other. */
export function readNamespaces({ api, settings }: KubernetesContext): Promise<readonly NamespaceStatus[]> {
  const look = async (name: string): Promise<string | null> => {
    try {
      const namespace = await api.readNamespace(name);
      if (isGoing(namespace)) return 'it is being deleted.';
      // The id of a namespace tells nothing of what may be done in it. Of each kind nothing, but the leave to list it.
      await Promise.all([...LISTED, 'Pod' as const].map((kind) => api.list(kind, name, NOTHING)));
      return null;
    } catch (error) {
      if (error instanceof AppError) return error.message;
      throw error;
    }
  };
  return Promise.all(settings.namespaces.map(async (name) => ({ name, failure: await look(name) })));
}
