import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { ServerRef } from '../../../../jobs/ports/platform/servers.ts';
import { type CertificateSource, isDue } from '../../../secrets/certificates/certificate-source.ts';
import { pause } from '../../../waiting/pause.ts';
import type { Secret, Service } from '../cluster/objects.ts';
import type { KubernetesContext } from '../context.ts';
import { serverOf } from '../labels.ts';
import { namesOf } from './build-server.ts';
import { namesToCertify } from './server-names.ts';
import { isCertified } from './server-notes.ts';

/** How often it is looked whether a server is called by other names, such as the address that a load balancer got. */
const ROUND_MS = 30_000;
/** How often each certificate itself is looked at, whatever is remembered of it. */
const LOOK_MS = 6 * 3_600_000;

/** The certificates of the servers of a cluster. */
export interface ServerCertificates {
  /** Sees to it that the server has one for all its names that is good for a while. No effect where servers have none. */
  ensure(ref: ServerRef, labels: Readonly<Record<string, string>>, service: Service | undefined): Promise<void>;
  /** From now on gives servers another one before theirs ends, or when they are called by another name. */
  start(): void;
  stop(): Promise<void>;
}

function readField(secret: Secret, name: string): string {
  return Buffer.from(secret.data?.[name] ?? '', 'base64').toString();
}

/** Whether it is for these names, good for a while, fits its key, and is of an authority that whoever connects trusts. */
function isFresh(secret: Secret | null, names: readonly string[], trusted: string): boolean {
  if (secret === null) return false;
  try {
    const shown = new X509Certificate(readField(secret, 'tls.crt'));
    const carries = (name: string) => (isIP(name) === 0 ? shown.checkHost(name) : shown.checkIP(name)) !== undefined;
    const authorities = trusted.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
    return (
      !isDue(shown.validToDate, new Date()) &&
      names.every(carries) &&
      shown.checkPrivateKey(createPrivateKey(readField(secret, 'tls.key'))) &&
      authorities.some((authority) => shown.verify(new X509Certificate(authority).publicKey))
    );
  } catch {
    // What cannot be read is none.
    return false;
  }
}

/** Kept as Secrets, one a server; whoever looks second finds them as they are to be. */
export function createServerCertificates(
  context: KubernetesContext,
  certificates: CertificateSource | null,
): ServerCertificates {
  const { api, known, settings, servers, log } = context;
  const seen = new Map<string, { readonly names: string; readonly until: number }>();
  const leaving = new AbortController();
  let keeping: Promise<void> = Promise.resolve();

  async function ensure(ref: ServerRef, labels: Readonly<Record<string, string>>, service: Service | undefined) {
    if (certificates === null) return;
    const names = namesToCertify(settings, ref, service);
    const [secret, trusted] = await Promise.all([
      api.read('Secret', ref.namespace, namesOf(ref).certificate),
      certificates.readTrusted(),
    ]);
    if (!isFresh(secret, names, trusted)) {
      await api.apply(servers.certificate(ref, labels, await certificates.issue(names)));
    }
    seen.set(`${ref.namespace}/${ref.resourceName}`, { names: names.join(), until: Date.now() + LOOK_MS });
  }

  async function lookAfter(namespace: string): Promise<void> {
    const sets = await known.of('StatefulSet', namespace).read();
    const services = await known.of('Service', namespace).read();
    for (const key of seen.keys()) {
      const [place, name = ''] = key.split('/');
      if (place === namespace && !sets.has(name)) seen.delete(key);
    }
    for (const set of sets.values()) {
      const { resourceName } = serverOf(set) ?? {};
      if (resourceName === undefined || !isCertified(set) || leaving.signal.aborted) continue;
      const ref = { namespace, resourceName };
      const service = services.get(namesOf(ref).service);
      const last = seen.get(`${namespace}/${resourceName}`);
      const isKnown = last?.names === namesToCertify(settings, ref, service).join();
      if (isKnown && last.until > Date.now()) continue;
      await ensure(ref, set.metadata.labels ?? {}, service).catch((error: unknown) => {
        log.warn({ err: error, server: resourceName }, 'cannot look after the certificate of a server');
      });
    }
  }

  async function keep(): Promise<void> {
    for (;;) {
      await pause(ROUND_MS, leaving.signal, { ref: false });
      if (leaving.signal.aborted) return;
      for (const namespace of settings.namespaces) {
        await lookAfter(namespace).catch((error: unknown) => {
          log.warn({ err: error, namespace }, 'cannot look after the certificates of servers');
        });
      }
    }
  }

  return {
    ensure,
    start: () => {
      if (certificates !== null) keeping = keep();
    },
    stop: async () => {
      leaving.abort();
      await keeping;
    },
  };
}
