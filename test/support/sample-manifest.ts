import { randomUUID } from 'node:crypto';
import type { ImageManifest } from '../../jobs/ports/manifest.ts';

/** A manifest with every field filled, as a small server's image would have it. */
export function sampleManifest(imageId: string, changes: Partial<ImageManifest> = {}): ImageManifest {
  return {
    formatVersion: 1,
    imageId,
    imageName: 'nightly',
    imageType: 'STOCK',
    method: 'LOGICAL',
    postgresVersion: '15',
    serverVersion: '15.18 (Debian 15.18-0+deb12u1)',
    sourceInstanceId: randomUUID(),
    sourceInstanceName: 'shop',
    sourceStorageGib: 10,
    cluster: {
      encoding: 'UTF8',
      localeProvider: 'libc',
      lcCollate: 'C.UTF-8',
      lcCtype: 'C.UTF-8',
      locale: null,
      icuRules: null,
      dataChecksums: false,
    },
    superuser: { username: 'postgres', encryptedPassword: 'v1.abc.def', keyId: 'abc' },
    owner: { username: 'app', encryptedPassword: 'v1.abc.ghi', keyId: 'abc' },
    encryption: null,
    databases: [{ name: 'shop', owner: 'ada', sizeBytes: 7_000_000 }],
    databaseBytes: 7_000_000,
    extensions: [{ database: 'shop', name: 'plpgsql', version: '1.0' }],
    durable: null,
    files: [{ name: 'checksums.tsv', sizeBytes: 10, md5: 'a'.repeat(32), sha256: 'b'.repeat(64) }],
    unpackedBytes: 12_288,
    tools: { pg_dump: '15.18', azcopy: '10.32.2' },
    startedAt: '2026-01-01T00:00:00Z',
    finishedAt: '2026-01-01T00:01:00Z',
    findings: [],
    notices: ['tablespace "fast ü" is mapped to the default one'],
    ...changes,
  };
}
