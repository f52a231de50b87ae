/** The dump's table of contents is not what pg_dump writes. */
export class TocError extends Error {
  override readonly name = 'TocError';
}

/** It ends before it is whole: more may come. */
export class TocCut extends TocError {}

/** Reads numbers and texts as pg_dump writes them. Throws TocCut where there is less than was asked for. */
export class ByteReader {
  private at = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly wordBytes = 4,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  /** What was read of it so far. */
  get position(): number {
    return this.at;
  }

  /** The bytes from there up to what was read. */
  since(position: number): Buffer {
    return this.bytes.subarray(position, this.at);
  }

  /** The rest, with another size of its numbers. */
  withWords(wordBytes: number): ByteReader {
    return new ByteReader(this.bytes.subarray(this.at), wordBytes);
  }

  byte(): number {
    return this.take(1).readUInt8(0);
  }

  /** A sign, and then the bytes of the number, the lowest first. */
  int(): number {
    const sign = this.byte();
    const value = this.take(this.wordBytes).reduceRight((sum, byte) => sum * 256 + byte, 0);
    if (!Number.isSafeInteger(value)) throw new TocError('the table of contents holds a number that cannot be');
    return sign === 0 ? value : -value;
  }

  /** Null for a text that is not there. */
  text(): string | null {
    const length = this.int();
    return length < 0 ? null : this.take(length).toString('latin1');
  }

  raw(length: number): Buffer {
    return this.take(length);
  }

  private take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new TocCut('the table of contents ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
