import { isIP } from 'node:net';

const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };
const DOMAIN = /^(?=.{1,190}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/;

/** True for `203.0.113.0/24` and its like in IPv6. */
export function isAddressRange(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const most = BITS[isIP(address)];
  return rest.length === 0 && most !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

/** True for a domain that a label can stand before. */
export function isDomainName(text: string): boolean {
  return DOMAIN.test(text);
}

/** Whether it is an origin as browsers send it (RFC 6454, section 6.2): scheme, host and a port that is not the usual one. */
export function isWebOrigin(value: string): boolean {
  return /^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value;
}

/** Whether it is an origin, alone or with a path that ends without a slash. */
export function isWebRoot(value: string): boolean {
  if (!/^https?:/.test(value) || !URL.canParse(value)) return false;
  const { origin, pathname } = new URL(value);
  return `${origin}${pathname.replace(/\/$/, '')}` === value;
}

/** What stays on this machine by its own address; a name is not looked up. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
