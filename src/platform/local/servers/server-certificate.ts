import { X509Certificate } from 'node:crypto';
import path from 'node:path';
import { signalProcess } from '../../../machine/process-mark.ts';
import { readPlainFile, writeWholeFile } from '../../../machine/whole-file.ts';
import type { ProcessIdentity } from '../../../postgres-programs/identity.ts';
import { findPostmaster } from '../../../postgres-programs/postmaster.ts';
import { type CertificateSource, isDue } from '../../../secrets/certificates/certificate-source.ts';
import { type LocalContext, makePassage } from '../context.ts';
import type { ServerPaths } from '../layout.ts';
import { listServers } from './server-records.ts';
import { readServerUser } from './server-user.ts';

/** Where a server finds its certificate and key. */
export interface CertificateFiles {
  readonly file: string;
  readonly keyFile: string;
}

/** Good for a while, and of an authority that whoever connects trusts. */
async function isFresh(
  { certificate, certificateKey }: ServerPaths,
  { readTrusted }: Pick<CertificateSource, 'readTrusted'>,
): Promise<boolean> {
  const text = await readPlainFile(certificate);
  if (text === null || (await readPlainFile(certificateKey)) === null) return false;
  const shown = new X509Certificate(text);
  if (isDue(shown.validToDate, new Date())) return false;
  const trusted = (await readTrusted()).match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
  return trusted.some((authority) => shown.verify(new X509Certificate(authority).publicKey));
}

/** Sees to it that the server has a certificate that is good for a while; null where servers have none. */
export async function ensureCertificate(
  { certificates }: Pick<LocalContext, 'certificates'>,
  paths: ServerPaths,
  user: ProcessIdentity | null,
): Promise<CertificateFiles | null> {
  if (certificates === null) return null;
  const files = { file: paths.certificate, keyFile: paths.certificateKey };
  if (await isFresh(paths, certificates)) return files;
  const issued = await certificates.issue([path.basename(paths.directory), 'localhost', '127.0.0.1']);
  await makePassage(path.dirname(paths.certificate));
  // The key last, and the certificate over the old one only with it: a server that starts in between says that they do not fit.
  await writeWholeFile(paths.certificateKey, issued.key, { mode: 0o600, owner: user });
  await writeWholeFile(paths.certificate, issued.certificate, { mode: 0o644 });
  return files;
}

/** Gives servers that run another certificate before theirs ends; connections that are open stay. */
export async function renewCertificates(
  context: Pick<LocalContext, 'layout' | 'identity' | 'certificates'>,
): Promise<void> {
  const { certificates } = context;
  if (certificates === null) return;
  for (const { paths } of await listServers(context.layout)) {
    if ((await readPlainFile(paths.certificate)) === null || (await isFresh(paths, certificates))) continue;
    await ensureCertificate(context, paths, await readServerUser(context, paths));
    const postmaster = await findPostmaster(paths.data);
    if (postmaster !== null) await signalProcess(postmaster.process, 'SIGHUP');
  }
}
