import type { ServerRef } from '../../../../jobs/ports/platform/servers.ts';
import type { Service } from '../cluster/objects.ts';
import type { KubernetesSettings } from '../settings.ts';
import { AZURE_DNS_LABEL, namesOf } from './build-server.ts';

/** The name of a service inside the cluster. */
export function dnsNameOf(ref: ServerRef): string {
  return `${namesOf(ref).service}.${ref.namespace}.svc.cluster.local`;
}

/** The name by which the cloud's DNS knows a server's load balancer; null where it has none. */
export function publicNameOf({ dnsSuffix }: Pick<KubernetesSettings, 'dnsSuffix'>, service: Service): string | null {
  const label = service.metadata.annotations?.[AZURE_DNS_LABEL];
  return label !== undefined && dnsSuffix !== null ? `${label}.${dnsSuffix}` : null;
}

/** All that clients may call a server, the name that is its own alone first: what its certificate is to carry. */
export function namesToCertify(
  settings: Pick<KubernetesSettings, 'dnsSuffix'>,
  ref: ServerRef,
  service: Service | undefined,
): readonly [string, ...string[]] {
  const { service: name } = namesOf(ref);
  const inside = [name, `${name}.${ref.namespace}`, `${name}.${ref.namespace}.svc`, 'localhost', '127.0.0.1'];
  const outside =
    service?.spec.type !== 'LoadBalancer' ? [] : [publicNameOf(settings, service), ...balancersOf(service)];
  return [dnsNameOf(ref), ...inside, ...outside.filter((one) => one !== null && one !== undefined)];
}

function balancersOf({ status }: Service): readonly (string | undefined)[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => [ip, hostname]);
}
