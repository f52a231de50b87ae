import { withLock } from '../../../machine/file-lock.ts';
import { chooseFreePort } from '../../../machine/free-port.ts';
import { readJsonFile } from '../../../machine/whole-file.ts';
import type { Layout, ServerPaths } from '../layout.ts';
import { listServers, ServerRecord } from './server-records.ts';

/**
 * Gives a server its remembered port, or another free one when somebody else has that by now, and calls `remember` before
 * any other server can choose. Ports of servers that are stopped at the moment stay theirs.
 */
export function reservePort(
  layout: Layout,
  paths: ServerPaths,
  remembered: number | null,
  remember: (port: number) => Promise<void>,
): Promise<number> {
  const busy = 'Ports are being given out by somebody else: try again.';
  return withLock(layout.portsLock, { waitSeconds: 10, busy }, async () => {
    const others = (await listServers(layout)).filter((server) => server.paths.directory !== paths.directory);
    const records = await Promise.all(others.map((server) => readJsonFile(server.paths.serverRecord, ServerRecord)));
    const taken = new Set(records.map((record) => record?.port ?? 0));
    const port = await chooseFreePort(remembered, taken);
    await remember(port);
    return port;
  });
}
