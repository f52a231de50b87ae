import { TocCut, TocError } from '../../load/toc/byte-reader.ts';

/** Reads what comes piece by piece: what is here already is given at once, and costs no wait. */
export class ByteSource {
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private isOver = false;
  private readonly pieces: AsyncIterator<Uint8Array>;

  constructor(
    content: AsyncIterable<Uint8Array>,
    private readonly wordBytes: number,
  ) {
    this.pieces = content[Symbol.asyncIterator]();
  }

  /** Whether nothing more comes. */
  async isAtEnd(): Promise<boolean> {
    while (this.at === this.bytes.length && !this.isOver) await this.more();
    return this.at === this.bytes.length;
  }

  async byte(): Promise<number> {
    if (this.at === this.bytes.length) await this.need(1);
    this.at += 1;
    return this.bytes[this.at - 1] ?? 0;
  }

  /** A sign, and then the bytes of the number, the lowest first. */
  async int(): Promise<number> {
    if (!this.hasInt()) await this.need(1 + this.wordBytes);
    return this.takeInt();
  }

  /** Whether the next number is here, so that it need not be waited for. */
  hasInt(): boolean {
    return this.bytes.length - this.at > this.wordBytes;
  }

  takeInt(): number {
    const sign = this.bytes[this.at];
    let value = 0;
    for (let byte = this.wordBytes; byte > 0; byte -= 1) value = value * 256 + (this.bytes[this.at + byte] ?? 0);
    this.at += 1 + this.wordBytes;
    if (!Number.isSafeInteger(value)) throw new TocError('the dump holds a number that cannot be');
    return sign === 0 ? value : -value;
  }

  /** Of so many bytes what is here, at least one. */
  async some(atMost: number): Promise<Buffer> {
    if (this.at === this.bytes.length) await this.need(1);
    return this.takeSome(atMost);
  }

  takeSome(atMost: number): Buffer {
    const begin = this.at;
    this.at = Math.min(this.bytes.length, begin + atMost);
    return this.bytes.subarray(begin, this.at);
  }

  private async need(count: number): Promise<void> {
    while (this.bytes.length - this.at < count) {
      if (this.isOver) throw new TocCut('the dump ends too early');
      await this.more();
    }
  }

  private async more(): Promise<void> {
    const next = await this.pieces.next();
    if (next.done === true) {
      this.isOver = true;
      return;
    }
    const rest = this.bytes.subarray(this.at);
    const { buffer, byteOffset, length } = next.value;
    this.bytes = rest.length === 0 ? Buffer.from(buffer, byteOffset, length) : Buffer.concat([rest, next.value]);
    this.at = 0;
  }
}
