import { lookup as lookUpName } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { AppError } from '../../schema/errors.ts';

/** The error for an address that messages must not be sent to. */
export function refuseAddress(): AppError {
  return new AppError(
    'INVALID_INPUT',
    'The address leads to a loopback, private or link-local network: give a public one, or set ' +
      'TOYGRES_WEBHOOK_ALLOW_PRIVATE=true on the server.',
    { details: { field: 'url', rule: 'publicAddress' } },
  );
}

/** Azure's own services on every machine and pod there, which look like any other address. */
const OF_THE_CLOUD: readonly string[] = ['168.63.129.16'];

/** Whether an address is one of the public Internet; those that carry another address within are judged by that. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return address.range() === 'unicast' && !OF_THE_CLOUD.includes(address.toString());
}

/** The address that stands in a URL itself; null for a name. */
export function readLiteral(url: string): string | null {
  const { hostname } = new URL(url);
  const text = hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(text) ? text : null;
}

/**
 * Looks a name up when a connection is opened, and lets none but public addresses through: the very ones that are then
 * connected to, so that a name which answers otherwise the second time gains nothing.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookUpName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, []);
      return;
    }
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    if (allowed.length === 0) callback(refuseAddress() as unknown as NodeJS.ErrnoException, []);
    else if (options.all === true) callback(null, allowed);
    else callback(null, allowed[0]?.address ?? '', allowed[0]?.family);
  });
};
