import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** A certificate with its private key, both PEM. */
export interface CertifiedKey {
  readonly certificate: string;
  /** A secret. */
  readonly key: string;
  readonly expiresAt: Date;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
/** Clocks of clients may be behind. */
const BACKDATED_MS = DAY_MS;
const AUTHORITY_DAYS = 3650;
const SERVER_DAYS = 90;

const provider = webcrypto as unknown as Crypto;
x509.cryptoProvider.set(provider);

async function exportKey({ privateKey }: CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await provider.subtle.exportKey('pkcs8', privateKey));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

async function importKey(pem: string): Promise<CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return provider.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}

const makeKeys = () => provider.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;

/** Positive, and never the same twice. */
function makeSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return bytes.toString('hex');
}

const span = (now: Date, days: number) => ({
  notBefore: new Date(now.getTime() - BACKDATED_MS),
  notAfter: new Date(now.getTime() + days * DAY_MS),
});

const pemOf = (certificate: x509.X509Certificate) => `${certificate.toString('pem').trim()}\n`;

/** A new authority of ten years that signs certificates of servers and no other authority. */
export async function makeAuthority(now: Date): Promise<CertifiedKey> {
  const keys = await makeKeys();
  const dates = span(now, AUTHORITY_DAYS);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: makeSerial(),
    name: `CN=Toygres servers ${randomBytes(4).toString('hex')}`,
    ...dates,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemOf(certificate), key: await exportKey(keys), expiresAt: dates.notAfter };
}

/** A certificate of 90 days for a server of these names and addresses, the first being what it is called. */
export async function issueCertificate(
  authority: Pick<CertifiedKey, 'certificate' | 'key'>,
  names: readonly [string, ...string[]],
  now: Date,
): Promise<CertifiedKey> {
  const keys = await makeKeys();
  const issuer = new x509.X509Certificate(authority.certificate);
  const dates = span(now, SERVER_DAYS);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: makeSerial(),
    subject: [{ CN: [names[0].slice(0, 64)] }],
    issuer: issuer.subjectName,
    ...dates,
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemOf(certificate), key: await exportKey(keys), expiresAt: dates.notAfter };
}
