import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { findAzurite } from '../../src/embedded/azurite.ts';
import { freePort } from './free-port.ts';
import { ROOT } from './source-files.ts';

const LAUNCHER = path.join(ROOT, 'src/embedded/run-azurite.mjs');

/** The emulator's well-known account; its key is public and no secret. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export interface TestAzurite {
  readonly port: number;
  readonly connectionString: string;
  /** Ends the process as a crash would: no goodbye, connections cut. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** The connection string of the emulator on a port, whether something listens there or not. */
export function azuriteConnectionString(port: number): string {
  return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=http://127.0.0.1:${port}/${ACCOUNT};`;
}

/** A blob store of its own, kept in memory. */
export async function startAzurite(): Promise<TestAzurite> {
  const port = await freePort();
  const options = [
    '--blobHost',
    '127.0.0.1',
    '--skipApiVersionCheck',
    '--disableTelemetry',
    '--silent',
    '--inMemoryPersistence',
  ];
  const child = spawn(process.execPath, [LAUNCHER, findAzurite(), '-', ...options, '--blobPort', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await untilListening(child);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  return {
    port,
    connectionString: azuriteConnectionString(port),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

function untilListening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    // The listener stays: a pipe that nobody reads any more would end azurite with EPIPE.
    child.stdout?.on('data', (chunk) => {
      said = (said + String(chunk)).slice(-2_000);
      if (said.includes('successfully listens')) resolve();
    });
    child.once('exit', () => reject(new Error(`azurite ended before it listened: ${said}`)));
  });
}
