import ipaddr from 'ipaddr.js';
import type { ManifestFields } from '../fill-template.ts';

/** Where clouds tell a machine who it is, and hand out its credentials: nothing of ours has business there. */
const METADATA = ['169.254.169.254/32', '168.63.129.16/32', 'fd00:ec2::254/128'];
const EVERYWHERE = ['0.0.0.0/0', '::/0'];

function holds(range: string, inner: string): boolean {
  const [address, bits] = ipaddr.parseCIDR(range);
  const [innerAddress, innerBits] = ipaddr.parseCIDR(inner);
  return address.kind() === innerAddress.kind() && bits <= innerBits && innerAddress.match(address, bits);
}

/** A range as a policy has it, the addresses of metadata left out. Null when there is nothing else in it. */
function blockOf(range: string): ManifestFields | null {
  if (METADATA.some((address) => holds(address, range))) return null;
  const except = METADATA.filter((address) => holds(range, address));
  return { ipBlock: { cidr: range, ...(except.length === 0 ? {} : { except }) } };
}

function peersOf(ranges: readonly string[]): readonly ManifestFields[] {
  return ranges.map(blockOf).filter((block) => block !== null);
}

/** Whom a server may reach: names are looked up wherever the cluster does that; all else is named in `ranges`. */
export function buildEgress(ranges: readonly string[]): readonly ManifestFields[] {
  const names = [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ];
  const allowed = peersOf(ranges);
  // Not every network takes a pod for an address: name servers are pods.
  const nameServers = [{ namespaceSelector: {} }, ...peersOf(EVERYWHERE)];
  return [{ to: nameServers, ports: names }, ...(allowed.length === 0 ? [] : [{ to: allowed }])];
}
