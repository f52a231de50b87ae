import { readFile } from 'node:fs/promises';

const ESTABLISHED = '01';
/** 127.0.0.1 as the tables write it: of a socket of version 4, and of one of version 6. */
const LOOPBACK = ['0100007F', '0000000000000000FFFF00000100007F'];

/** The user at the other end of a loopback connection, as the system says; null when it says nothing of it. */
export async function readSocketOwner(remotePort: number, localPort: number): Promise<number | null> {
  for (const table of ['/proc/self/net/tcp', '/proc/self/net/tcp6']) {
    const owner = findOwner(await readFile(table, 'latin1').catch(() => ''), remotePort, localPort);
    if (owner !== null) return owner;
  }
  return null;
}

/** The same from the text of such a table (proc(5), /proc/net/tcp). */
export function findOwner(table: string, remotePort: number, localPort: number): number | null {
  const loopback = (port: number) => {
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    return LOOPBACK.map((address) => `${address}:${hex}`);
  };
  const [theirs, ours] = [loopback(remotePort), loopback(localPort)];
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', remote = '', state, , , , uid] = line.trim().split(/\s+/);
    if (!theirs.includes(local) || !ours.includes(remote)) continue;
    if (state === ESTABLISHED && /^\d+$/.test(uid ?? '')) return Number(uid);
  }
  return null;
}
