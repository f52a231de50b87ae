import type { Address } from '../ports/platform/servers.ts';
import type { ServerProbe } from '../ports/server-probe.ts';

/** Parameters by which a job knows the server it talks to: by a certificate of this installation, where it has one. */
export async function identityParameters(probe: ServerProbe, { tls }: Address): Promise<Record<string, string>> {
  if (tls === undefined) return {};
  return { TOYGRES_SERVER_NAME: tls, TOYGRES_SERVER_AUTHORITIES: await probe.readTrusted() };
}
