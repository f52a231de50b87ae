/** A member of a tar archive, as its header says. */
export interface TarMember {
  /** Its bytes, one a character: a name is in no encoding. */
  readonly name: string;
  /** Null for what is none of the kinds that a cluster has, extensions of the format among them. */
  readonly type: 'file' | 'directory' | 'symlink' | null;
  readonly sizeBytes: number;
  readonly linkName: string | null;
}

/**
 * Takes the content of one member, piece by piece, as it passes; what keeps a piece copies it. Nothing more comes before what
 * it answers with resolves.
 */
export interface MemberSink {
  write(bytes: Uint8Array): Promise<void> | undefined;
  end(): Promise<void> | undefined;
}

const BLOCK = 512;
const MAGIC = 'ustar';
const TYPES: Readonly<Record<string, TarMember['type']>> = {
  '0': 'file',
  '\0': 'file',
  '5': 'directory',
  '2': 'symlink',
};

/**
 * Passes every member of an archive to `visit` while the archive is read, in its order; null leaves the member out.
 * Throws what `visit` and its sinks throw, and when the archive is none or is cut within a member.
 *
 * It knows what PostgreSQL writes, ustar without extensions: a name or a size from elsewhere than its header is of type null.
 * When it asks for the next piece nothing of those before is held here: a library that has streams of its own cannot say so.
 */
export async function readTar(
  source: AsyncIterable<Uint8Array>,
  visit: (member: TarMember) => MemberSink | null,
): Promise<void> {
  const header = Buffer.alloc(BLOCK);
  let inHeader = 0;
  let missing = 0;
  let padding = 0;
  let sink: MemberSink | null = null;

  for await (const piece of source) {
    for (let at = 0; at < piece.length; ) {
      let waited: Promise<void> | undefined;
      if (missing > 0) {
        const content = piece.subarray(at, at + missing);
        at += content.length;
        missing -= content.length;
        waited = sink?.write(content);
        if (waited !== undefined) await waited;
        waited = missing === 0 ? sink?.end() : undefined;
      } else if (padding > 0) {
        const skipped = Math.min(padding, piece.length - at);
        at += skipped;
        padding -= skipped;
      } else {
        const part = piece.subarray(at, at + BLOCK - inHeader);
        header.set(part, inHeader);
        at += part.length;
        inHeader += part.length;
        if (inHeader < BLOCK) continue;
        inHeader = 0;
        const member = parseHeader(header);
        if (member === null) continue;
        missing = member.sizeBytes;
        padding = (BLOCK - (missing % BLOCK)) % BLOCK;
        sink = visit(member);
        waited = missing === 0 ? sink?.end() : undefined;
      }
      if (waited !== undefined) await waited;
    }
  }
  if (missing > 0 || padding > 0 || inHeader > 0) throw new Error('the tar archive is cut: unexpected end of data');
}

/** Null for a block of nothing, of which there are two at the end. */
function parseHeader(header: Buffer): TarMember | null {
  let sum = 0;
  for (let at = 0; at < BLOCK; at += 1) sum += at >= 148 && at < 156 ? 32 : (header[at] as number);
  if (sum === 8 * 32) return null;
  if (sum !== parseNumber(header.subarray(148, 156)))
    throw new Error('this is no tar archive: a header is not what it sums to');
  if (header.toString('latin1', 257, 262) !== MAGIC) throw new Error('this is no tar archive of a known format');
  const sizeBytes = parseNumber(header.subarray(124, 136));
  if (!Number.isSafeInteger(sizeBytes)) throw new Error('a member of the tar archive has a size that none has');
  const prefix = header[262] === 0 ? readText(header, 345, 155) : '';
  const own = readText(header, 0, 100);
  const name = prefix === '' ? own : `${prefix}/${own}`;
  const type = TYPES[String.fromCharCode(header[156] as number)] ?? null;
  const isDirectory = type === 'file' && name.endsWith('/');
  return { name, type: isDirectory ? 'directory' : type, sizeBytes, linkName: readText(header, 157, 100) || null };
}

/** Of octal digits, or, from 8 GiB on, of bytes behind a first one of 0x80. NaN for anything else. */
function parseNumber(field: Buffer): number {
  if (field[0] === 0x80) return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
  const [, digits] = /^ *([0-7]*)[ \0]*$/.exec(field.toString('latin1')) ?? [];
  return digits === undefined ? Number.NaN : Number.parseInt(digits || '0', 8);
}

/** Up to its NUL, where it has one. */
function readText(header: Buffer, start: number, length: number): string {
  const end = header.indexOf(0, start);
  return header.toString('latin1', start, end < 0 || end > start + length ? start + length : end);
}
