import type { Platform } from '../../../../jobs/ports/platform/platform.ts';
import type { OwnerConnection, ServerRef, ServerSpec } from '../../../../jobs/ports/platform/servers.ts';
import { AppError } from '../../../../schema/errors.ts';
import type { KubernetesContext } from '../context.ts';
import { serverOf } from '../labels.ts';
import { namesOf } from './build-server.ts';

/** The Secret by which programs in the namespace connect; of the server's alone. */
export interface ConnectionSecrets extends Pick<Platform, 'ensureConnection' | 'removeConnection'> {}

/** Somebody else's Secret of the same name is neither changed nor removed. */
export function createConnectionSecrets({ api, servers }: KubernetesContext): ConnectionSecrets {
  const readOwner = async (ref: ServerRef) => {
    const secret = await api.read('Secret', ref.namespace, namesOf(ref).connection);
    if (secret === null) return null;
    return serverOf(secret)?.resourceName === ref.resourceName ? 'this server' : 'somebody else';
  };

  return {
    async ensureConnection(spec: ServerSpec, connection: OwnerConnection) {
      const manifest = servers.connection(spec, connection);
      if ((await readOwner(spec)) === 'somebody else') {
        throw new AppError(
          'CONFLICT',
          `${spec.namespace} has a Secret ${manifest.name} that is not of this instance: rename it, or the instance has none.`,
        );
      }
      await api.apply(manifest);
    },
    async removeConnection(ref: ServerRef) {
      if ((await readOwner(ref)) !== 'this server') return;
      await api.remove('Secret', ref.namespace, namesOf(ref).connection);
    },
  };
}
