import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findPostgresPrograms } from '../../../../src/postgres-programs/find.ts';
import { readServerIdentity } from '../../../../src/postgres-programs/identity.ts';
import { findArchives } from '../../../../src/runner/physical/archive/archive-names.ts';
import { unpackZstd } from '../../../../src/runner/physical/archive/zstd.ts';
import { unpackArchive } from '../../../../src/runner/physical/restore/unpack-archive.ts';
import { type BaseBackup, holdLog, startBaseBackup } from '../../../../src/runner/physical/take/base-backup.ts';
import { openReplication, type ReplicationSession } from '../../../../src/runner/physical/take/replication-session.ts';
import {
  type ExpectedCluster,
  type StreamedBackup,
  streamArchives,
} from '../../../../src/runner/physical/take/stream-archives.ts';
import { type SourceServer, startSourceServer } from '../../../support/source-server.ts';

const run = promisify(execFile);
const PART_BYTES = 1 << 20;
const WISH = { label: "a test's backup", maxRateKilobytes: null };

let directory = '';
let source: SourceServer;
let session: ReplicationSession;
let parts: Map<string, Buffer>;
let cluster: ExpectedCluster;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'toygres-physical-'));
  const identity = await readServerIdentity();
  const elsewhere = path.join(directory, 'elsewhere');
  await mkdir(elsewhere, { mode: 0o700 });
  for (const one of identity === null ? [] : [directory, elsewhere])
    await chown(one, identity?.uid ?? 0, identity?.gid ?? 0);
  source = await startSourceServer({ directory, password: 'a good password', initdbArguments: ['--data-checksums'] });
  await source.query(
    'postgres',
    'CREATE TABLE kept AS SELECT g, md5(g::text) AS text FROM generate_series(1, 50000) g',
  );
  const [system] = await source.query('postgres', 'SELECT system_identifier::text AS id FROM pg_control_system()');
  const [version] = await source.query(
    'postgres',
    `SELECT current_setting('server_version_num')::int / 10000 AS major`,
  );
  cluster = { major: Number(version?.major), systemIdentifier: String(system?.id) };
  await source.query('postgres', `CREATE TABLESPACE elsewhere LOCATION '${elsewhere}'`);
  await source.query('postgres', 'CREATE TABLE far TABLESPACE elsewhere AS SELECT generate_series(1, 1000) g');
});
afterAll(async () => {
  await source?.stop();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  parts = new Map();
  session = await openReplication(source);
});
afterEach(() => session.close());

async function keep(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(Uint8Array.from(chunk));
  expect(parts.has(name)).toBe(false);
  parts.set(name, Buffer.concat(chunks));
}

function stream(backup: BaseBackup): Promise<StreamedBackup> {
  return streamArchives(backup, cluster, { put: keep, partBytes: PART_BYTES, onProgress: () => undefined });
}

/** The same backup, with bytes of its archives changed on their way. */
function altered(backup: BaseBackup, change: (bytes: Buffer, at: number) => Buffer | null): BaseBackup {
  return {
    ...backup,
    async *parts() {
      let at = 0;
      for await (const part of backup.parts()) {
        if (part.kind !== 'bytes') yield part;
        else {
          const bytes = change(part.bytes, at);
          at += part.bytes.length;
          if (bytes !== null) yield { ...part, bytes };
        }
      }
    },
  };
}

async function unpackAll(manifest: Buffer): Promise<string> {
  const target = await mkdtemp(path.join(directory, 'unpacked-'));
  for (const { tablespace, parts: names } of findArchives([...parts.keys()])) {
    const below = tablespace === null ? target : path.join(target, 'pg_tblspc', tablespace);
    await mkdir(below, { recursive: true });
    async function* content() {
      for (const name of names) yield parts.get(name) ?? Buffer.alloc(0);
    }
    await unpackArchive(unpackZstd(content()), { target: below, onWritten: () => undefined });
  }
  await writeFile(path.join(target, 'backup_manifest'), manifest);
  return target;
}

describe('a base backup', () => {
  test('is packed by the server, cut into parts, and what pg_verifybackup takes for whole', async () => {
    const backup = await startBaseBackup(session, WISH);
    expect(backup.compression).not.toBeNull();
    const { manifest } = await stream(backup);
    const names = [...parts.keys()].sort();
    expect(names.filter((name) => name.startsWith('base.tar.zst.')).length).toBeGreaterThan(1);
    expect(names.filter((name) => /^\d+\.tar\.zst\.0000$/.test(name))).toHaveLength(1);
    expect(Math.max(...[...parts.values()].map((part) => part.length))).toBe(PART_BYTES);
    const target = await unpackAll(manifest);
    const [programs] = await findPostgresPrograms(process.env.TOYGRES_POSTGRES_BIN ?? null);
    const verified = await run(path.join(programs?.directory ?? '', 'pg_verifybackup'), [target]);
    expect(verified.stdout).toContain('backup successfully verified');
  });

  test('of a server that cannot pack is packed here', async () => {
    const plain = {
      begin: (query: Parameters<ReplicationSession['begin']>[0]) => session.begin(query),
      close: () => undefined,
    };
    const backup = await startBaseBackup(plain, WISH, [null]);
    expect(backup.compression).toBeNull();
    const { manifest, parsed } = await stream(backup);
    expect(parsed.files.has('PG_VERSION')).toBe(true);
    await unpackAll(manifest);
  });

  test('of a server without workers for packing is packed without them', async () => {
    const none = { algorithm: 'zstd', detail: 'level=1,workers=none' } as const;
    const few = { algorithm: 'zstd', detail: 'level=1' } as const;
    const backup = await startBaseBackup(session, WISH, [none, few, null]);
    expect(backup.compression).toBe(few);
    await stream(backup);
  });

  test('has all of its log however many checkpoints there are meanwhile', async () => {
    expect(await holdLog(session)).toBeNull();
    const backup = await startBaseBackup(session, WISH);
    const disturbed = altered(backup, (bytes) => bytes);
    let isDisturbed = false;
    const options = { put: keep, partBytes: PART_BYTES, onProgress: () => undefined };
    const parts = async function* () {
      for await (const part of disturbed.parts()) {
        yield part;
        for (let times = isDisturbed ? 3 : 0; times < 3; times += 1) {
          await source.query('postgres', 'INSERT INTO kept SELECT g, md5(g::text) FROM generate_series(1, 1000) g');
          await source.query('postgres', 'SELECT pg_switch_wal()');
          await source.query('postgres', 'CHECKPOINT');
        }
        isDisturbed = true;
      }
    };
    const { parsed } = await streamArchives({ ...backup, parts }, cluster, options);
    expect(parsed.walRanges).toHaveLength(1);
    session.close();
    await expect
      .poll(() => source.query('postgres', 'SELECT count(*)::int AS slots FROM pg_replication_slots'))
      .toEqual([{ slots: 0 }]);
  });

  test('that was altered on its way is no image', async () => {
    const backup = await startBaseBackup(session, WISH, [null]);
    const flipped = altered(backup, (bytes, at) => {
      if (at > 5_000_000 && at < 6_000_000) bytes[100] = (bytes[100] ?? 0) ^ 1;
      return bytes;
    });
    await expect(stream(flipped)).rejects.toThrow(/is not what its manifest says|cannot be restored|tar/);
  });

  test('that lost a piece on its way is no image', async () => {
    const backup = await startBaseBackup(session, WISH);
    const cut = altered(backup, (bytes, at) => (at > 500_000 && at < 600_000 ? null : bytes));
    await expect(stream(cut)).rejects.toThrow(/damaged|manifest|tar/);
  });

  test('of a server that is killed meanwhile is no image, and says so', async () => {
    const backup = await startBaseBackup(session, WISH);
    const broken = altered(backup, (bytes, at) => {
      if (at > 100_000) session.close();
      return bytes;
    });
    await expect(stream(broken)).rejects.toThrow();
  });

  test('fails with the cause when its parts cannot be put away', async () => {
    const backup = await startBaseBackup(session, WISH);
    const put = async (_: string, content: AsyncIterable<Uint8Array>) => {
      for await (const _chunk of content) throw new Error('the store is full');
    };
    const options = { put, partBytes: PART_BYTES, onProgress: () => undefined };
    await expect(streamArchives(backup, cluster, options)).rejects.toThrow('the store is full');
  });

  test('is refused to who may not take one, in the words of the server', async () => {
    await source.query('postgres', "CREATE ROLE guest LOGIN PASSWORD 'a guest of ours'");
    const guest = { ...source, user: 'guest', password: 'a guest of ours' };
    await expect(openReplication(guest)).rejects.toThrow(/replication/i);
  });
});
