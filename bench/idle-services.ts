import { createHash } from 'node:crypto';
import type { ImageStore } from '../jobs/ports/image-store.ts';
import type { ImageManifest } from '../jobs/ports/manifest.ts';
import type { JobStatus } from '../jobs/ports/platform/jobs.ts';
import type { Platform } from '../jobs/ports/platform/platform.ts';
import type { ServerProbe } from '../jobs/ports/server-probe.ts';

const digest = (algorithm: string, content: Uint8Array) => createHash(algorithm).update(content).digest('hex');
const describe = (name: string, content: Uint8Array) => ({
  name,
  sizeBytes: content.length,
  md5: digest('md5', content),
  sha256: digest('sha256', content),
});

/** Every image has one file, and the list of it. */
const CONTENT = Buffer.from('nothing');
const FILE = describe('roles.sql', CONTENT);
const LIST = Buffer.from(`${FILE.sizeBytes}\t${FILE.md5}\t${FILE.sha256}\t${FILE.name}\n`);
const LISTED = describe('checksums.tsv', LIST);

const TAKEN = {
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:00:01Z',
  checksums: LISTED,
  databases: [],
  databaseBytes: 0,
  cluster: {
    encoding: 'UTF8',
    localeProvider: 'libc',
    lcCollate: 'C',
    lcCtype: 'C',
    locale: null,
    icuRules: null,
    dataChecksums: true,
  },
  serverVersion: '17',
  tools: {},
  extensions: [],
  durable: null,
  notices: [],
  findings: [],
};
const DONE: JobStatus = {
  state: 'SUCCEEDED',
  attempts: 1,
  exitCode: 0,
  startedAt: new Date(),
  finishedAt: new Date(),
  report: null,
  reportedAt: null,
  result: TAKEN,
  failure: null,
};
const ADDRESS = { host: '127.0.0.1', port: 1 };

const nothing = async () => undefined;
/** Verbs that are not listed do nothing, and answer with nothing. */
function idle<T extends object>(own: Partial<T>): T {
  return new Proxy(own, { get: (target, name) => Reflect.get(target, name) ?? nothing }) as T;
}

/** Where every server runs as soon as it is asked for, and every job has succeeded. Nothing is done anywhere. */
export function createIdlePlatform(id: string): Platform {
  return idle<Platform>({
    kind: 'local',
    id,
    namespaces: ['bench'],
    readOffers: async () => [{ version: '17', imageTypes: ['STOCK'] }],
    readServer: async () => ({
      phase: 'READY',
      endpoint: { ...ADDRESS, dnsName: null },
      insideAddress: ADDRESS,
      detail: null,
    }),
    readJob: async () => DONE,
    listObjects: async () => [],
    async *followJobLogs() {},
  });
}

/** A store that holds what the jobs of the idle platform say they have written. */
export function createIdleStore(): ImageStore {
  const manifests = new Map<string, ImageManifest>();
  return idle<ImageStore>({
    grantUpload: async () => ({ url: 'http://127.0.0.1:1/images/x', sas: null, expiresAt: new Date() }),
    listFiles: async () => [FILE, LISTED],
    readFile: async () => LIST,
    writeManifest: async (imageId, manifest) => void manifests.set(imageId, manifest),
    readManifest: async (imageId) => manifests.get(imageId) as ImageManifest,
    listImageIds: async () => [],
    async *readJobLog() {},
  });
}

/** Every server answers. */
export function createIdleProbe(): ServerProbe {
  const facts = { serverVersion: '17', latencyMs: 0, durableWorkerRunning: null, databaseBytes: 0 };
  return idle<ServerProbe>({ connect: async () => facts });
}
