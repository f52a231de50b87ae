import path from 'node:path';
import { PROXIES } from '../../jobs/ports/mover-secrets.ts';
import type { JobSpec } from '../../jobs/ports/platform/jobs.ts';
import type { Platform } from '../../jobs/ports/platform/platform.ts';
import type { ServerProbe } from '../../jobs/ports/server-probe.ts';
import { AppError } from '../../schema/errors.ts';
import type { Config } from '../config/env.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log/logger.ts';
import { createLocalPlatform } from '../platform/local/local-platform.ts';
import type { ServerExits } from '../platform/local/servers/server-exits.ts';
import { createServerProbe } from '../platform/server-probe.ts';
import type { CertificateSource } from '../secrets/certificates/certificate-source.ts';
import { readKnownPlatforms } from '../stores/upkeep/platforms.ts';
import type { Foundations } from './foundations.ts';
import { limitBackups } from './limit-backups.ts';
import { readRelease } from './release.ts';
import { findRunner } from './runner-place.ts';

const TEMPLATES = path.join(import.meta.dirname, '../../templates');
const SCRIPTS = path.join(TEMPLATES, 'scripts');

/** A platform with its life: what of it ends with this process, and what goes on. */
export interface RunningPlatform extends Platform, Partial<ServerExits> {
  /** Stops in order what cannot live without us. Again: no effect. */
  suspend(): Promise<void>;
  /** Starts it again. */
  resume(): Promise<void>;
  /** Ends our own timers and connections. */
  stop(): Promise<void>;
}

/** The platform, and how this process connects to its servers. */
export interface OpenedPlatform {
  readonly platform: RunningPlatform;
  readonly probe: ServerProbe;
}

async function openLocal(
  config: Config,
  { home, machine }: Foundations,
  certificates: CertificateSource,
  log: Logger,
): Promise<OpenedPlatform> {
  if (machine === null) throw new AppError('UNAVAILABLE', 'The local platform needs the programs of PostgreSQL.');
  const platform = await createLocalPlatform({
    ...machine,
    homeId: home.id,
    stateDirectory: home.stateDirectory,
    scriptsDirectory: SCRIPTS,
    runnerDirectory: await findRunner(home.stateDirectory),
    jobConcurrency: config.jobConcurrency,
    jobMemoryBytes: config.jobMemoryBytes,
    namespaces: config.namespaces,
    certificates,
    log,
  });
  return { platform, probe: createServerProbe(certificates.readTrusted) };
}

async function openKubernetes(
  config: Config,
  database: Database,
  certificates: CertificateSource,
  log: Logger,
): Promise<OpenedPlatform> {
  // Only this platform needs what it loads.
  const { createKubernetesPlatform } = await import('../platform/kubernetes/kubernetes-platform.ts');
  const release = await readRelease();
  const { images } = config.kubernetes;
  const platform = await createKubernetesPlatform({
    ...config.kubernetes,
    proxies: config.proxies,
    release,
    images: {
      ...images,
      job: images.job.replaceAll('{release}', release),
      durableJob: images.durableJob.replaceAll('{release}', release),
    },
    namespaces: config.namespaces,
    jobConcurrency: config.jobConcurrency,
    templatesDirectory: TEMPLATES,
    scriptsDirectory: SCRIPTS,
    readKnownIds: (ids) => readKnownPlatforms(database, ids),
    certificates,
    log,
  });
  const probe = createServerProbe(certificates.readTrusted);
  return {
    // Servers and jobs live in the cluster, whether we do or not.
    platform: { ...platform, suspend: async () => undefined, resume: async () => undefined },
    probe: {
      readTrusted: probe.readTrusted,
      connect: async (address, login, options) => probe.connect(await platform.findAddress(address), login, options),
      ensurePassword: async (address, from, to, options) =>
        probe.ensurePassword(await platform.findAddress(address), from, to, options),
      ensureDurableExtension: async (address, login, options) =>
        probe.ensureDurableExtension(await platform.findAddress(address), login, options),
      ensureOwner: async (address, login, owner, options) =>
        probe.ensureOwner(await platform.findAddress(address), login, owner, options),
      readOrder: async (address, login, options) =>
        probe.readOrder(await platform.findAddress(address), login, options),
    },
  };
}

/** Opens the platform that is configured; throws an AppError that says what is missing. */
export async function openPlatform(
  config: Config,
  foundations: Foundations,
  database: Database,
  certificates: CertificateSource,
  log: Logger,
): Promise<OpenedPlatform> {
  const opened = await (config.platform === 'local'
    ? openLocal(config, foundations, certificates, log)
    : openKubernetes(config, database, certificates, log));
  const platform = limitBackups(opened.platform, config.backupLimits);
  const complete = (spec: JobSpec) => givenProxies(givenMargin(spec, config), config);
  return { ...opened, platform: { ...platform, ensureJob: (spec) => platform.ensureJob(complete(spec)) } };
}

/** How much more than was told of may come of a server, or of an image. */
function givenMargin(spec: JobSpec, { sizeMargin }: Config): JobSpec {
  if (spec.kind !== 'backup' && spec.kind !== 'restore') return spec;
  return { ...spec, parameters: { ...spec.parameters, TOYGRES_SIZE_MARGIN: String(sizeMargin) } };
}

/** A job goes the same way to the store as this process. */
function givenProxies(spec: JobSpec, { proxies }: Config): JobSpec {
  if (Object.keys(proxies.environment).length === 0) return spec;
  return { ...spec, secrets: { ...spec.secrets, [PROXIES]: JSON.stringify(proxies.environment) } };
}
