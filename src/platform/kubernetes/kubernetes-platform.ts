import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import type { Address } from '../../../jobs/ports/platform/servers.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Logger } from '../../log/logger.ts';
import type { Proxies } from '../../machine/proxies.ts';
import type { CertificateSource } from '../../secrets/certificates/certificate-source.ts';
import { createEvents } from './causes.ts';
import { createApi } from './cluster/api.ts';
import { openConnection } from './cluster/connection.ts';
import { listKubernetesObjects } from './cluster/list-objects.ts';
import { createKnown, type KubernetesContext } from './context.ts';
import { createJobManifests } from './jobs/build-job.ts';
import { followJobLog } from './jobs/job-logs.ts';
import { createReports } from './jobs/job-reports.ts';
import { createJobSlots } from './jobs/job-slots.ts';
import { createJobVerbs } from './jobs/job-verbs.ts';
import { choosePlatformId, type ReadKnownIds, readNamespaces } from './namespaces.ts';
import { listOffers } from './offers.ts';
import { createServerManifests } from './servers/build-server.ts';
import { createHostingChecks } from './servers/check-hosting.ts';
import { createConnectionSecrets } from './servers/connection-secret.ts';
import { createServerCertificates } from './servers/server-certificates.ts';
import { followServerLog } from './servers/server-logs.ts';
import { dnsNameOf } from './servers/server-names.ts';
import { createServerPolicies } from './servers/server-policies.ts';
import { readServerStatus } from './servers/server-status.ts';
import { createServerVerbs } from './servers/server-verbs.ts';
import { createVolumeVerbs } from './servers/volume-verbs.ts';
import type { KubernetesSettings } from './settings.ts';
import { readTemplates } from './templates.ts';

export interface KubernetesPlatformOptions extends KubernetesSettings {
  /** Files, separated as in KUBECONFIG; null: KUBECONFIG itself, the account of this pod, or ~/.kube/config. */
  readonly kubeconfig: string | null;
  /** By which the cluster is reached where the kubeconfig names none. Default: none. */
  readonly proxies?: Proxies;
  /** Holds the manifests and what runs scripts in containers. */
  readonly templatesDirectory: string;
  /** Holds a script for each kind of job that has one, and what they source. */
  readonly scriptsDirectory: string;
  /** Those of these ids that records exist of; left out: none. */
  readonly readKnownIds?: ReadKnownIds;
  /** Default: servers have no certificates. */
  readonly certificates?: CertificateSource | null;
  readonly log: Logger;
}

export interface KubernetesPlatform extends Platform {
  /**
   * Where this process reaches what an INTERNAL endpoint names: the address of the service, since only pods can look up
   * its name. Any other address is itself.
   */
  findAddress(address: Address): Promise<Address>;
  /** Calls of the API server made so far; a stream is one. */
  readonly apiCalls: number;
  /** Ends our watches and connections; servers and jobs go on. */
  stop(): Promise<void>;
}

/**
 * Runs servers and jobs in a cluster. Everything is kept there: whoever opens the same namespaces, from inside the
 * cluster or from outside, adopts what there is.
 *
 * Throws UNAVAILABLE when the API server does not answer, STEP_FAILED naming the missing namespace or right.
 */
export async function createKubernetesPlatform(options: KubernetesPlatformOptions): Promise<KubernetesPlatform> {
  const { log } = options;
  const [namespace] = options.namespaces;
  if (namespace === undefined) throw new AppError('INVALID_INPUT', 'TOYGRES_NAMESPACE names no namespace.');
  const templates = await readTemplates(options.templatesDirectory, options.scriptsDirectory);
  const connection = await openConnection(options.kubeconfig, options.proxies);
  const api = createApi(connection);
  const known = createKnown(api, log);
  const certificates = options.certificates ?? null;
  const context: KubernetesContext = {
    api,
    settings: options,
    servers: createServerManifests(templates, options, certificates !== null),
    jobs: createJobManifests(templates, options),
    known,
    reached: new Map(),
    log,
  };
  const events = createEvents(api);
  const reports = createReports(context);
  const slots = createJobSlots(context, log);
  const connections = createConnectionSecrets(context);
  const certified = createServerCertificates(context, certificates);
  const policies = createServerPolicies(context);
  const stop = async () => {
    await slots.stop();
    await certified.stop();
    await policies.stop();
    await reports.stop();
    await known.stop();
    await api.stop();
  };

  let id: string;
  try {
    id = await choosePlatformId(api, options.namespaces, options.readKnownIds);
  } catch (error) {
    await stop();
    throw error;
  }

  certified.start();
  policies.start();
  return {
    kind: 'kubernetes',
    id,
    namespaces: options.namespaces,
    readOffers: async () => listOffers(options),
    // A class of volumes has its own room, which nobody tells.
    readFreeBytes: async () => null,
    givesPublicNames: options.dnsSuffix !== null,
    hostsAsAsked: true,
    ...createHostingChecks(api, options),
    tellsConnections: true,
    ...connections,
    ...createServerVerbs(context, certified, connections),
    ...createVolumeVerbs(context, events),
    readServer: (ref) => readServerStatus(context, events, ref),
    ...createJobVerbs(context, reports, events, slots),
    followJobLogs: (ref, follow) => followJobLog(context, ref, follow),
    followServerLogs: (ref, follow) => followServerLog(context, ref, follow),
    readNamespaces: () => readNamespaces(context),
    listObjects: (namespaces = options.namespaces) => listKubernetesObjects(context, namespaces),

    findAddress: async (address) => {
      for (const name of options.namespaces) {
        const [service] = address.host.split(`.${name}.svc.`);
        if (service === undefined || service === address.host || !service.endsWith('-svc')) continue;
        const ref = { namespace: name, resourceName: service.slice(0, -'-svc'.length) };
        if (dnsNameOf(ref) !== address.host) continue;
        const { insideAddress } = await readServerStatus(context, events, ref);
        // By what it is verified is the caller's to say: a server that shows nothing is not talked to instead.
        return insideAddress === null ? address : { ...address, host: insideAddress.host, port: insideAddress.port };
      }
      return address;
    },

    get apiCalls() {
      return api.calls;
    },
    stop,
  };
}
