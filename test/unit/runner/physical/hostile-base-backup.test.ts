import { createHash } from 'node:crypto';
import { type Header, pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { createSizeBudget } from '../../../../src/runner/attempt/size-budget.ts';
import type { BaseBackup } from '../../../../src/runner/physical/take/base-backup.ts';
import type { BackupPart } from '../../../../src/runner/physical/take/base-backup-query.ts';
import { streamArchives } from '../../../../src/runner/physical/take/stream-archives.ts';

interface Member {
  readonly header: Partial<Header> & Pick<Header, 'name'>;
  readonly content?: Buffer;
}

const SEGMENT_BYTES = 1 << 20;
const SYSTEM = 7_654_321_987_654_321_000n;
const CLUSTER = { major: 15, systemIdentifier: String(SYSTEM) };

const file = (name: string, content: Buffer | string = ''): Member => ({
  header: { name, type: 'file' },
  content: Buffer.from(content),
});
const directory = (name: string): Member => ({ header: { name, type: 'directory' } });

function controlOf(system: bigint): Buffer {
  const control = Buffer.alloc(8_192);
  control.writeBigUInt64LE(system);
  return control;
}

/** What a server sends, each part of which a test may change. */
interface Sent {
  base: Member[];
  tablespace: Member[] | null;
  /** Files that the list names besides those that are sent. */
  listed: Member[];
  startLsn: string;
  endLsn: string;
  listedRange: { startLsn: string; endLsn: string };
  /** The order in which parts come. */
  order: ('tablespace' | 'base' | 'manifest')[];
}

const wholesome = (): Sent => ({
  base: [
    file('backup_label', 'START WAL LOCATION: 0/100028'),
    directory('global'),
    file('global/pg_control', controlOf(SYSTEM)),
    file('PG_VERSION', '15\n'),
    directory('pg_tblspc'),
    { header: { name: 'pg_tblspc/16384', type: 'symlink', linkname: '/elsewhere' } },
    directory('pg_wal'),
    file('pg_wal/000000010000000000000001', Buffer.alloc(SEGMENT_BYTES)),
  ],
  tablespace: [directory('PG_15_202209061'), file('PG_15_202209061/1', 'rows')],
  listed: [],
  startLsn: '0/100028',
  endLsn: '0/100138',
  listedRange: { startLsn: '0/100028', endLsn: '0/100138' },
  order: ['tablespace', 'base', 'manifest'],
});

async function tarOf(members: readonly Member[]): Promise<Buffer> {
  const archive = pack();
  for (const { header, content } of members) archive.entry(header, content ?? Buffer.alloc(0));
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function manifestOf({ base, tablespace, listed, listedRange }: Sent): Buffer {
  const below = (members: readonly Member[], place: string) =>
    members.flatMap(({ header, content }) => {
      const path = place + header.name;
      if (header.type !== 'file' || content === undefined || path.startsWith('pg_wal/')) return [];
      const sum = createHash('sha256').update(content).digest('hex');
      return [{ Path: path, Size: content.length, 'Checksum-Algorithm': 'SHA256', Checksum: sum }];
    });
  const files = [...below(base, ''), ...below(tablespace ?? [], 'pg_tblspc/16384/'), ...below(listed, '')];
  const unique = [...new Map(files.map((one) => [one.Path, one])).values()];
  const range = { Timeline: 1, 'Start-LSN': listedRange.startLsn, 'End-LSN': listedRange.endLsn };
  const head = `{"PostgreSQL-Backup-Manifest-Version": 1, "Files": ${JSON.stringify(unique)}, "WAL-Ranges": [${JSON.stringify(range)}],\n`;
  return Buffer.from(`${head}"Manifest-Checksum": "${createHash('sha256').update(head).digest('hex')}"}\n`);
}

async function take(
  sent: Sent,
  put = async (_: string, content: AsyncIterable<Uint8Array>) => drain(content),
  onBytes?: (bytes: number) => void,
) {
  const [base, tablespace, manifest] = [
    await tarOf(sent.base),
    await tarOf(sent.tablespace ?? []),
    manifestOf(sent),
  ] as const;
  async function* parts(): AsyncGenerator<BackupPart> {
    for (const one of sent.order) {
      if (one === 'manifest') yield { kind: 'manifest' };
      else yield { kind: 'archive', name: one, tablespacePath: one === 'base' ? null : '/elsewhere' };
      yield { kind: 'bytes', bytes: one === 'manifest' ? manifest : one === 'base' ? base : tablespace };
    }
  }
  const backup: BaseBackup = {
    compression: null,
    bytesTotal: 1,
    startLsn: sent.startLsn,
    timeline: 1,
    tablespaces: sent.tablespace === null ? [] : [{ oid: '16384', path: '/elsewhere' }],
    parts,
    endLsn: () => sent.endLsn,
  };
  const bound = onBytes === undefined ? {} : { onBytes };
  return streamArchives(backup, CLUSTER, { put, partBytes: 1 << 20, onProgress: () => undefined, ...bound });
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of content);
}

test('a base backup as servers send them is taken', async () => {
  const { parsed } = await take(wholesome());
  expect([...parsed.files.keys()].sort()).toEqual([
    'PG_VERSION',
    'backup_label',
    'global/pg_control',
    'pg_tblspc/16384/PG_15_202209061/1',
  ]);
});

test('a base backup that is more than the server said ends with nothing put away', async () => {
  const ends: unknown[] = [];
  const { check } = createSizeBudget(
    { parameters: { TOYGRES_SIZE_MARGIN: '1', TOYGRES_SIZE_BESIDE_BYTES: '100' } },
    1,
    'the server sends',
  );
  const put = (_: string, content: AsyncIterable<Uint8Array>) =>
    drain(content).then(
      () => void ends.push('put away'),
      (error: unknown) => {
        ends.push(error);
        throw error;
      },
    );
  await expect(take(wholesome(), put, check)).rejects.toThrow(
    /^the server sends more than 1 MiB, .*TOYGRES_SIZE_MARGIN/,
  );
  expect(ends).toEqual([expect.objectContaining({ final: true })]);
});

describe('a base backup that no restore would take is none, though its list of files says the same:', () => {
  const withBase =
    (...members: Member[]) =>
    (sent: Sent) => {
      sent.base.push(...members);
    };
  test.each<[string, (sent: Sent) => void, RegExp]>([
    ['a way out', withBase(file('../outside', 'x')), /"\.\.\/outside" in it has a place outside/],
    ['a way out behind the log', withBase(file('pg_wal/../../outside', 'x')), /has a place outside/],
    ['an absolute path', withBase(file('/etc/cron.d/x', 'x')), /has a place outside/],
    ['a link', withBase({ header: { name: 'base', type: 'symlink', linkname: '/' } }), /"base" in it is a link/],
    [
      'a link of another kind',
      withBase({ header: { name: 'x', type: 'link', linkname: '/etc/passwd' } }),
      /neither a file/,
    ],
    ['a FIFO', withBase({ header: { name: 'pipe', type: 'fifo' } }), /neither a file nor a directory/],
    ['a name that no header holds', withBase(file('x'.repeat(300), 'x')), /neither a file nor a directory/],
    ['a file twice', withBase(file('PG_VERSION', '15\n')), /"PG_VERSION" in it comes twice/],
    ['a file that is a directory', withBase(file('global', 'x')), /"global" in it comes twice/],
    ['a directory that is a file', withBase(directory('PG_VERSION')), /"PG_VERSION\/?" in it comes twice/],
    ['a file below a file', withBase(file('PG_VERSION/x', 'x')), /lies in no directory/],
    ['a file in no directory', withBase(file('nowhere/x', 'x')), /lies in no directory/],
    [
      'a file of the cluster in a tablespace as well',
      withBase(directory('pg_tblspc/16384/PG_15_202209061')),
      /comes twice|lies in no directory/,
    ],
  ])('%s', async (_, change, words) => {
    const sent = wholesome();
    change(sent);
    await expect(take(sent)).rejects.toThrow(words);
  });
});

describe('a base backup that does not hang together is none:', () => {
  test.each<[string, (sent: Sent) => void, RegExp]>([
    ['an archive twice', (sent) => sent.order.splice(1, 0, 'base'), /sends an archive twice/],
    ['files behind the list', (sent) => sent.order.splice(0, 2, 'manifest', 'base'), /files behind the list of files/],
    ['two lists', (sent) => sent.order.push('manifest'), /a second list of files/],
    ['no cluster', (sent) => sent.order.splice(1, 1), /is not what its manifest says/],
    [
      'a tablespace that was not named',
      (sent) => {
        sent.tablespace = null;
      },
      /a tablespace that it did not name before/,
    ],
    ['a file that did not come', (sent) => sent.listed.push(file('base/1/1', 'x')), /base\/1\/1 is missing/],
    [
      'another start of the log',
      (sent) => {
        sent.startLsn = '0/200028';
      },
      /other places of its log/,
    ],
    [
      'an end before the start',
      (sent) => {
        sent.endLsn = '0/28';
        sent.listedRange.endLsn = '0/28';
      },
      /other places of its log/,
    ],
    [
      'more of the log than came',
      (sent) => {
        sent.endLsn = 'FFFFFFFF/FFFFFFFF';
        sent.listedRange.endLsn = 'FFFFFFFF/FFFFFFFF';
      },
      /lacks 000000010000000000000002 of the log/,
    ],
    [
      'segments of a size that none have',
      (sent) => {
        sent.base.splice(-1, 1, file('pg_wal/000000010000000000000001', 'x'));
      },
      /segments of a log that no server writes/,
    ],
    [
      'another cluster',
      (sent) => {
        sent.base.splice(2, 1, file('global/pg_control', controlOf(1n)));
      },
      /none of this server: its pg_control is of another cluster/,
    ],
    [
      'another version',
      (sent) => {
        sent.base.splice(3, 1, file('PG_VERSION', '14\n'));
      },
      /none of this server: its PG_VERSION is 14 and not 15/,
    ],
    [
      'no label',
      (sent) => {
        sent.base.shift();
      },
      /none of this server: it has no backup_label/,
    ],
  ])('%s', async (_, change, words) => {
    const sent = wholesome();
    change(sent);
    await expect(take(sent)).rejects.toThrow(words);
  });
});
