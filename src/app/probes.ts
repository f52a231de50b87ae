import { createProbeServer } from '../api/http/probe-server.ts';
import { createAuthenticator } from '../auth/authenticator.ts';
import type { Config } from '../config/env.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Core } from './core.ts';
import { buildMetricsPage } from './metrics.ts';
import { createReadiness } from './readiness.ts';
import type { Stops } from './stops.ts';

/** Opens the server for probes where one is configured, and answers with its URL. Throws UNAVAILABLE when the port is in use. */
export async function openProbes(
  config: Config,
  core: Core,
  identity: { readonly token: string; readonly release: string },
  metrics: Metrics,
  log: Logger,
  stops: Stops,
): Promise<string | null> {
  if (config.probePort === null) return null;
  const auth = createAuthenticator({ token: identity.token, username: config.adminUsername });
  const server = createProbeServer({
    ready: createReadiness(core, config, auth, log),
    version: identity.release,
    metrics: buildMetricsPage(metrics, config, auth),
    log,
  });
  stops.defer('the server for probes', () => server.stop(), { endsWithUs: true });
  return (await server.listen(config.probePort, config.host)).root;
}
