import { type ConnectionOptions, checkServerIdentity } from 'node:tls';

/** What a server must show to be talked to. */
export interface ServerIdentity {
  /** A name that its certificate carries, whatever address it is reached by. */
  readonly name: string;
  /** The certificates of the authorities that it may have it from, PEM. */
  readonly trusted: string;
}

export type VerifiedTls = Pick<ConnectionOptions, 'ca' | 'checkServerIdentity' | 'minVersion' | 'rejectUnauthorized'>;

/** How the client library opens TLS to that server and to no other. */
export function buildTls({ name, trusted }: ServerIdentity): VerifiedTls {
  return {
    ca: trusted,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  };
}
